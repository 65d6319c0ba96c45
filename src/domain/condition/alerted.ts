import { isFiring, nameOfAlert, type KnownAlert } from '../alert.ts'
import type { Evidence } from '../finding.ts'
import type { ResourceRef } from '../resource.ts'
import { durableOwner } from '../topology.ts'
import type { Condition } from './ast.ts'
import type { Scope } from './bind.ts'
import { momentary, type BoundCondition } from './hold.ts'
import type { Truth } from './logic.ts'
import { matches } from './matchers.ts'
import { conditionText } from './text.ts'

type Context = Scope & { readonly wasActive: boolean }
/** What alerts come to now. `since`: when the one that is still in doubt began. */
type Told = {
  readonly truth: Truth
  readonly evidence: readonly Evidence[]
  readonly reason?: string
  readonly since?: number
}

/** How many alerts one condition names as evidence: the oldest. */
const MOST_NAMED = 5
/** Where an alert is no longer known, its target must have been seen within this time to be called well. */
const SEEN_WITHIN_MS = 300_000
/** A fresh 0 of these says that the target does not live, which is no proof that its trouble has ended. */
const LIVES: readonly string[] = ['up', 'running']

/**
 * An alert on the very target: true from its start for as long as it fires, false where none is known. That one resolved
 * is no proof that its target is well, since an alert also ends when nobody can report any more. So it is false only
 * once the target, or else its durable owner, was seen alive after the resolve, and that sight is its evidence; it is
 * blind when nobody said that it resolved, and on a target that is not there any more.
 */
export function bindAlert(
  condition: Extract<Condition, { kind: 'alert' }>,
  context: Context,
  evidence?: Evidence[],
): BoundCondition {
  const { alerts, target, now } = context
  const known = (alerts?.on(target) ?? []).filter(({ labels }) => matches(labels, condition.matchers))
  const told = toldBy(known, () => conditionText(condition), context)
  evidence?.push(...told.evidence)
  const firedAt = (time: number): boolean => known.some((one) => one.startsAt <= time && time < endOf(one, now))
  const truthAt = (time: number): Truth => (time >= now ? told.truth : firedAt(time))
  return momentary(truthAt, [
    {
      series: [],
      changes: known.flatMap((one) => [one.startsAt, endOf(one, now)]).filter((at) => at <= now),
      why: (time) => (truthAt(time) === null ? (told.reason ?? '') : ''),
      pendingSince: () => told.since,
    },
  ])
}

function toldBy(known: readonly KnownAlert[], text: () => string, context: Context): Told {
  const { alerts, topology, target, now, wasActive } = context
  const blind = (reason: string, about: readonly KnownAlert[] = []): Told => ({
    truth: null,
    reason,
    evidence: about.length > 0 ? named(about, null, now) : [{ signal: text(), value: null, at: now }],
    ...(about.length > 0 && { since: Math.min(...about.map(({ startsAt }) => startsAt)) }),
  })
  if (!alerts) return blind(`no alerts are received, so that '${text()}' cannot be told`)
  if (topology && !topology.has(target)) return blind(`${target} is not there any more: an alert that ends is no proof`)
  const firing = known.filter((one) => isFiring(one, now))
  if (firing.length > 0) return { truth: true, evidence: named(firing, 1, now) }
  const silent = known.filter(({ status }) => status === 'firing')
  if (silent.length > 0) return blind(`${namesOf(silent)} ended by silence: nobody said that it resolved`, silent)
  const resolvedAt = Math.max(...known.map((one) => endOf(one, now)))
  if (known.length === 0 && !wasActive) return { truth: false, evidence: [{ signal: text(), value: 0, at: now }] }
  const sight = sightSince(known.length === 0 ? now - SEEN_WITHIN_MS : resolvedAt, context)
  if ('reason' in sight) {
    const what = known.length === 0 ? 'no alert is known any more' : `${namesOf(known)} resolved`
    return blind(`${what}, but ${sight.reason}`, known)
  }
  const evidence = known.length === 0 ? [{ signal: text(), value: 0, at: sight.at }] : named(known, 0, sight.at)
  return { truth: false, evidence }
}

/** When it ended; never, while it fires. One whose time has passed ended then, whoever noticed. */
function endOf(alert: KnownAlert, now: number): number {
  if (alert.status === 'resolved') return Math.min(alert.endsAt ?? alert.receivedAt, now)
  return isFiring(alert, now) ? Number.POSITIVE_INFINITY : (alert.endsAt ?? now)
}

/** When the target was last seen alive, which must be after the moment; else its durable owner; else why not. */
function sightSince(since: number, scope: Scope): { readonly at: number } | { readonly reason: string } {
  const { target, topology } = scope
  const own = seenOf(target, since, scope)
  if (own.at !== undefined || own.dead || !topology) return sightOf(own, target)
  const owner = durableOwner(topology, target)
  return sightOf(owner === target ? own : seenOf(owner, since, scope), target)
}

type Seen = { readonly at: number | undefined; readonly dead: boolean }

function seenOf(target: ResourceRef, since: number, { windows, now }: Scope): Seen {
  const fresh = (windows.recent?.(target) ?? []).filter(({ at }) => at > since && at <= now)
  if (fresh.some(({ metric, value }) => LIVES.includes(metric) && value === 0)) return { at: undefined, dead: true }
  return { at: fresh.length === 0 ? undefined : Math.max(...fresh.map(({ at }) => at)), dead: false }
}

function sightOf({ at, dead }: Seen, target: ResourceRef): { readonly at: number } | { readonly reason: string } {
  if (at !== undefined) return { at }
  return { reason: dead ? `${target} does not live` : `${target} has not been seen since` }
}

/** The alerts by name, the oldest first. */
function named(alerts: readonly KnownAlert[], value: number | null, at: number): Evidence[] {
  const oldest = alerts.toSorted((a, b) => a.startsAt - b.startsAt).slice(0, MOST_NAMED)
  return oldest.map((one) => ({ signal: nameOfAlert(one), value, at }))
}

function namesOf(alerts: readonly KnownAlert[]): string {
  const [first] = alerts.map(nameOfAlert)
  return alerts.length > 1 ? `${first} and ${alerts.length - 1} more` : (first ?? '')
}
