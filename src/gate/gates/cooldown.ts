import { restAfter } from '../../domain/backoff.ts'
import type { SpentAttempt } from '../../domain/ledger.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate } from '../gate.ts'
import { countedAttempts } from './attempts.ts'

/**
 * The policy's least time between the end of one run on the owner and the next, longer where the runs before it did not
 * heal. A run that has not ended is no rest.
 */
export const cooldown: Gate = {
  name: 'cooldown',
  guardsUndo: false,
  ask({ plan, ledger, world, run, now }) {
    if (plan.cooldownMs === 0) return ALLOW('the policy asks for none')
    const counted = countedAttempts({ ledger, world }, run)
    const restedMs = Math.min(...counted.map((spent) => restOf(spent, now)))
    const dueMs = restAfter(counted, plan.cooldownMs, world.policies.get(plan.policy)?.backoff)
    if (restedMs >= dueMs) return ALLOW('the owner has rested')
    return {
      answer: 'hold',
      reason: `the last attempt on ${plan.owner} was ${durationText(restedMs)} ago`,
      value: durationText(restedMs),
      limit: durationText(dueMs),
      unlocks: `in ${durationText(dueMs - restedMs)}`,
    }
  },
}

/** Time since the attempt ended. One in shadow has no run that could end: it was over when it was written down. */
function restOf({ at, endedAt, shadow }: SpentAttempt, now: Moment): number {
  const over = endedAt ?? (shadow ? at : undefined)
  return over ? elapsedMs(over, now) : 0
}
