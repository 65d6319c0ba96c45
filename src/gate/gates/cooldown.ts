import type { SpentAttempt } from '../../domain/ledger.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate } from '../gate.ts'
import { countedAttempts } from './attempts.ts'

/** The policy's least time between the end of one run on the owner and the next. A run that has not ended is no rest. */
export const cooldown: Gate = {
  name: 'cooldown',
  guardsUndo: false,
  ask({ plan, ledger, world, run, now }) {
    if (plan.cooldownMs === 0) return ALLOW('the policy asks for none')
    const restedMs = Math.min(...countedAttempts({ ledger, world }, run).map((spent) => restOf(spent, now)))
    if (restedMs >= plan.cooldownMs) return ALLOW('the owner has rested')
    return {
      answer: 'hold',
      reason: `the last attempt on ${plan.owner} was ${durationText(restedMs)} ago`,
      value: durationText(restedMs),
      limit: durationText(plan.cooldownMs),
      unlocks: `in ${durationText(plan.cooldownMs - restedMs)}`,
    }
  },
}

/** Time since the attempt ended. One in shadow has no run that could end: it was over when it was written down. */
function restOf({ at, endedAt, shadow }: SpentAttempt, now: Moment): number {
  const over = endedAt ?? (shadow ? at : undefined)
  return over ? elapsedMs(over, now) : 0
}
