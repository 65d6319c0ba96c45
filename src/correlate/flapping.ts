import type { Finding } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { ancestors, type Topology } from '../domain/topology.ts'

/** What comes back within this time of its end has not ended for good. */
export const RETURN_WITHIN_MS = 600_000
/** How long what came back once must stay well before its incident ends; twice as long with every further return. */
const FIRST_QUIET_MS = 30_000
const LONGEST_QUIET_MS = RETURN_WITHIN_MS

/** An incident that has ended, as far as what comes after it has to know. `endedAt` is epoch milliseconds. */
export type Ended = {
  readonly owner: ResourceRef
  readonly endedAt: number
  readonly returns: number
  /** How long it lasted, the times that it passed by itself, in milliseconds. */
  readonly alone?: readonly number[]
}

/** Undefined for what was only due, and comes back because it is meant to. */
export function endedOf({ owner, closedAt = 0, flapping, quiet, alone }: Incident): Ended | undefined {
  if (!quiet?.findings.some(isTrouble)) return undefined
  return { owner, endedAt: closedAt, returns: flapping?.returns ?? 0, ...(alone && { alone }) }
}

/** Something is wrong now, and not only due or expected. */
export function isTrouble({ lead }: Finding): boolean {
  return lead === undefined
}

/** Whether what comes back now has to do with it. */
export function isRecent({ endedAt }: Ended, now: number): boolean {
  return now - endedAt < RETURN_WITHIN_MS
}

/** How often the trouble of an owner, or of its lineage, has ended and come back by now; undefined where it is new. */
export function returnsAfter(
  ended: readonly Ended[],
  topology: Topology,
  now: number,
): (owner: ResourceRef) => number | undefined {
  const most = { of: new Map<ResourceRef, number>(), within: new Map<ResourceRef, number>() }
  const raise = (map: Map<ResourceRef, number>, ref: ResourceRef, returns: number): void => {
    map.set(ref, Math.max(map.get(ref) ?? 0, returns))
  }
  for (const one of ended) {
    if (!isRecent(one, now)) continue
    raise(most.of, one.owner, one.returns)
    for (const ref of ancestors(topology, one.owner)) raise(most.within, ref, one.returns)
  }
  return (owner) => {
    const line = [owner, ...ancestors(topology, owner)].map((ref) => most.of.get(ref))
    const before = [...line, most.within.get(owner)].filter((returns) => returns !== undefined)
    return before.length === 0 ? undefined : 1 + Math.max(...before)
  }
}

/** How the trouble of this owner passed by itself before, as the newest that ended of late remembers it. */
export function aloneBefore(ended: readonly Ended[], owner: ResourceRef, now: number): readonly number[] | undefined {
  return ended.findLast((one) => one.owner === owner && isRecent(one, now))?.alone
}

/** How long an incident stays open after its last finding has gone, in milliseconds: none, unless it flaps. */
export function quietMs({ flapping }: Pick<Incident, 'flapping'>): number {
  return flapping ? Math.min(FIRST_QUIET_MS * 2 ** (flapping.returns - 1), LONGEST_QUIET_MS) : 0
}
