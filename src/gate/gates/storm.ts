import type { Cause } from '../../domain/cause.ts'
import type { StormLimit } from '../../domain/policy.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate } from '../gate.ts'

/**
 * Many causes at once are a fault of something larger, of the signals or of a person: single repairs are no answer to it.
 * Symptoms of one cause are no storm, however many there are. The page is the engine's, once for the storm.
 */
export const storm: Gate = {
  name: 'storm',
  guardsUndo: false,
  ask({ world: { limits, causes }, now }) {
    const limit = limits.storm
    if (!limit) return ALLOW('no limit of causes is configured')
    const recent = recentCauses(causes, limit, now)
    if (recent.length < limit.causes) return ALLOW(`${recent.length} causes within ${durationText(limit.withinMs)}`)
    return {
      answer: 'hold',
      reason: `a storm: ${recent.length} causes within ${durationText(limit.withinMs)}, ${namesText(recent)}`,
      value: recent.length,
      limit: limit.causes,
      unlocks: `when fewer began within ${durationText(limit.withinMs)}, or: kintsugi release storm`,
    }
  },
}

/** Those that began within the limit's time, which no clock that jumps makes shorter. */
export function recentCauses(causes: readonly Cause[], { withinMs }: StormLimit, now: Moment): readonly Cause[] {
  return causes.filter(({ since }) => elapsedMs(since, now) < withinMs)
}

const MOST_NAMED = 3

export function namesText(causes: readonly Cause[]): string {
  const named = causes.slice(0, MOST_NAMED).map(({ root }) => root)
  const more = causes.length - named.length
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
