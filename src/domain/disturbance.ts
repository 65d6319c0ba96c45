import { elapsedMs, type Moment } from '../lib/clock.ts'
import type { Mode } from './entry.ts'
import type { Disturbance } from './ledger.ts'
import type { Plan, PlanStep } from './plan.ts'
import type { ServiceLimit } from './policy.ts'
import type { ResourceRef } from './resource.ts'
import { descendants, durableOwner, partsIn, type Topology } from './topology.ts'

/** The arithmetic of the blast-radius ledger: what is disturbed now, by whom, and what one more would make of it. */

/** Effects are counted over this time. */
export const RATE_MS = 3_600_000

/** What serves: the parts of a target that have none themselves, or the target where it has no parts. */
export function instancesOf(topology: Topology, ref: ResourceRef): readonly ResourceRef[] {
  const leaves = descendants(topology, ref).filter((part) => partsIn(topology, part).length === 0)
  return leaves.length > 0 ? leaves : [ref]
}

/** The instances that a step keeps from serving. */
export function disruptedBy(
  { target, disrupts = [target] }: Pick<PlanStep, 'target' | 'disrupts'>,
  topology: Topology,
): readonly ResourceRef[] {
  return [...new Set(disrupts.flatMap((ref) => instancesOf(topology, ref)))]
}

/** Whether what a step takes away stays away until the step is undone. */
export function isLasting({ reversibility }: Pick<PlanStep, 'reversibility'>): boolean {
  return reversibility === 'reversible'
}

/** Whether it has neither been ended nor run out. No clock that jumps makes it shorter. */
export function isGoing({ since, forMs, endedAt }: Disturbance, now: Moment): boolean {
  return endedAt === undefined && (forMs === undefined || elapsedMs(since, now) < forMs)
}

/** Said or seen, and no effect of a run of ours. */
export function isByOthers({ id, by }: Pick<Disturbance, 'id' | 'by'>): boolean {
  return !id.startsWith(`${by}/`)
}

/** Those that count: in shadow what would have been done too, else only what is real. */
export function counted(disturbances: readonly Disturbance[], mode: Mode): readonly Disturbance[] {
  return mode === 'shadow' ? disturbances : disturbances.filter(({ shadow }) => !shadow)
}

/** How many of a service's instances are disturbed by these: each named one once, and shares without names on top. */
export function disturbedIn(service: ResourceRef, going: readonly Disturbance[], topology: Topology): number {
  const names = new Set<ResourceRef>()
  let nameless = 0
  for (const { owner, share, instances } of going) {
    for (const ref of instances) if (serviceOf(ref, owner, topology) === service) names.add(ref)
    if (instances.length === 0 && owner === service) nameless += Math.ceil(share * instancesOf(topology, owner).length)
  }
  return names.size + nameless
}

/** An instance that is gone was the charged service's. */
function serviceOf(ref: ResourceRef, owner: ResourceRef, topology: Topology): ResourceRef {
  return topology.has(ref) ? durableOwner(topology, ref) : owner
}

/** How many of so many instances a limit lets be disturbed at once: its share is rounded down, but one always may. */
export function allowedAtOnce({ atOnce, share }: ServiceLimit, instances: number): number {
  // 0.29 * 100 is 28.999999999999996.
  return Math.min(atOnce, Math.max(1, Math.floor(share * instances + 1e-9)))
}

/** What a run of a plan disturbs, as it is charged; `since` and `shadow` are for who charges it. */
export type Effect = Pick<Disturbance, 'target' | 'owner' | 'share' | 'instances' | 'lasting'>

export function effectOf(step: PlanStep, { owner }: Pick<Plan, 'owner'>, topology: Topology): Effect {
  const instances = disruptedBy(step, topology)
  const own = instances.filter((ref) => serviceOf(ref, owner, topology) === owner)
  const share = Math.min(1, own.length / instancesOf(topology, owner).length)
  return { target: step.target, owner, share, instances, lasting: isLasting(step) }
}

/**
 * The disturbances after a step takes effect: those of others, what its own run has done that lasts, and the step. What
 * its run did before and does not last has passed its place on to the step.
 */
export function withEffect(
  going: readonly Disturbance[],
  effect: Effect,
  { run, now }: { readonly run: string | undefined; readonly now: Moment },
): readonly Disturbance[] {
  const others = going.filter(({ by, lasting }) => by !== run || lasting)
  return [...others, { ...effect, id: '', actor: 'repair', by: run ?? '', reason: '', since: now, shadow: false }]
}

const SEEN = 'seen '

/** The name of a disturbance that nobody announced: it was seen to have happened. */
export const seenId = (what: string): string => SEEN + what

/** Whether a person or a pipeline said so, and did not merely leave traces. */
export function isSaid({ id, actor }: Pick<Disturbance, 'id' | 'actor'>): boolean {
  return (actor === 'deployment' || actor === 'person') && !id.startsWith(SEEN)
}
