import type { SeenHand } from '../../domain/hand.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Change } from './shim/changes.ts'
import type { State } from './shim/schema.ts'

const DAY_MS = 24 * 3_600_000
/** A file that is written through the shim is as old as the order, give or take this. */
const SAME_MS = 2000

const WORDS: Readonly<Record<string, string>> = {
  restart: 'it was restarted',
  replica: 'it was asked for or sent away',
  config: 'its configuration was set',
  disk: 'its disk was cleaned',
  command: 'a command of its allow list was run',
}

/**
 * What was changed at an instance within the day before `now`, by whom nobody knows: what its shim was ordered, each
 * under its key, and a change of its configuration file that no order made. What crashed and what its shim started again
 * after its own death is no change: nobody ordered it.
 */
export function changesOf(
  target: ResourceRef,
  state: Pick<State, 'effects' | 'configChangedAtMs'>,
  ordered: readonly Change[],
  now: number,
): SeenHand[] {
  const orders = [...state.effects, ...ordered]
  const { configChangedAtMs: fileAt } = state
  const isOrdered = orders.some(({ kind, at }) => kind === 'config' && Math.abs(at - (fileAt ?? NaN)) <= SAME_MS)
  const hand = (what: string, since: number, key?: string): SeenHand => ({
    kind: 'change',
    target,
    who: 'somebody',
    what,
    since: Math.round(since),
    ...(key !== undefined && { key }),
  })
  const changes = [
    ...orders.map(({ kind, at, key }) => hand(`${WORDS[kind] ?? 'it was changed'}, by order ${key}`, at, key)),
    ...(fileAt === undefined || isOrdered ? [] : [hand('its configuration file was changed', fileAt)]),
  ]
  return changes.filter(({ since }) => since > now - DAY_MS)
}
