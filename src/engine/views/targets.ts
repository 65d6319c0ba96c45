import type { Finding } from '../../domain/finding.ts'
import { isUnusual } from '../../domain/grounds.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Ledger } from '../../domain/ledger.ts'
import type { Policy } from '../../domain/policy.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { ancestors, coveredBy, descendants, durableOwner, type Topology } from '../../domain/topology.ts'
import type { TargetState, TargetView } from '../../domain/view.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'

/** What is known of targets at one moment. */
export type TargetWorld = {
  readonly topology: Topology
  readonly policies: readonly Policy[]
  readonly incidents: readonly Incident[]
  readonly ledger: Pick<Ledger, 'locks' | 'holds' | 'latches'>
  /** Runs under way; who else holds a lock has ended parked or stuck. */
  readonly openRuns: ReadonlySet<string>
  readonly now: Moment
}

/** Every known target: how it is, why, what it stands on, and who watches it. Pure. */
export function targetViews(world: TargetWorld): TargetView[] {
  const watchers = watchersOf(world)
  const told = stateTeller(world, watchers)
  return [...world.topology.values()].map(({ ref, partOf, dependsOn, learned }) => ({
    target: ref,
    ...told(ref),
    ...(partOf && { partOf }),
    dependsOn,
    calls: learned ?? [],
    policies: watchers.get(ref) ?? [],
  }))
}

function watchersOf({ policies, topology }: TargetWorld): ReadonlyMap<ResourceRef, readonly string[]> {
  const watchers = new Map<ResourceRef, string[]>()
  for (const { name, target: pattern } of policies) {
    for (const ref of coveredBy(topology, pattern)) watchers.set(ref, [...(watchers.get(ref) ?? []), name])
  }
  return watchers
}

type Told = { readonly state: TargetState; readonly because?: string; readonly incident?: string }

function stateTeller(
  world: TargetWorld,
  watchers: ReadonlyMap<ResourceRef, readonly string[]>,
): (ref: ResourceRef) => Told {
  const { topology } = world
  const troubles = troublesOf(world)
  const locks = new Map(world.ledger.locks.map((lock) => [lock.resource, lock]))
  const stops = stopsOf(world)
  return (ref) => {
    const trouble = troubles.get(ref)
    const incident = trouble ? { incident: trouble.incident } : {}
    const lock = locks.get(ref)
    if (lock && world.openRuns.has(lock.run)) return { state: 'in-repair', because: lock.run, ...incident }
    const stop = [ref, ...ancestors(topology, ref)].flatMap((one) => stops.get(one) ?? [])[0]
    if (stop !== undefined) return { state: 'held', because: stop, ...incident }
    if (lock?.mode === 'own') return { state: 'held', because: `${lock.run} has ended and keeps its lock`, ...incident }
    if (trouble) return trouble
    const isWatched = [ref, ...descendants(topology, ref)].some((one) => watchers.has(one))
    return isWatched ? { state: 'well' } : { state: 'unwatched', because: 'no policy covers it' }
  }
}

/** What is found wrong on a target, or on a part of what is durable. What is violated goes first; what is merely unusual is not wrong. */
function troublesOf({
  incidents,
  topology,
}: TargetWorld): ReadonlyMap<ResourceRef, Told & { readonly incident: string }> {
  const troubles = new Map<ResourceRef, Told & { readonly incident: string }>()
  const note = (ref: ResourceRef, { state, summary }: Finding, incident: string): void => {
    if (troubles.get(ref)?.state === 'unwell') return
    troubles.set(ref, { state: state === 'violated' ? 'unwell' : 'blind', because: summary, incident })
  }
  for (const { id, findings } of incidents) {
    for (const finding of findings.filter((one) => !isUnusual(one))) {
      for (const ref of new Set([finding.target, durableOwner(topology, finding.target)])) note(ref, finding, id)
    }
  }
  return troubles
}

/** What people, and limits, have closed: nothing is done there. */
function stopsOf({ ledger, now }: TargetWorld): ReadonlyMap<ResourceRef, string> {
  const holds = ledger.holds.filter(({ since, forMs }) => elapsedMs(since, now) < forMs)
  return new Map([
    ...ledger.latches.map(({ owner, reason }) => [owner, reason] as const),
    ...holds.map(({ target, by, reason }) => [target, `held by ${by}: ${reason}`] as const),
  ])
}
