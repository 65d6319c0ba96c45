import { elapsedMs } from '../../lib/clock.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate } from '../gate.ts'
import { countedAttempts } from './attempts.ts'

/** The policy's least time between the end of one run on the owner and the next. A run that has not ended is no rest. */
export const cooldown: Gate = {
  name: 'cooldown',
  guardsUndo: false,
  ask({ plan, ledger, world, run, now }) {
    if (plan.cooldownMs === 0) return ALLOW('the policy asks for none')
    const rests = countedAttempts({ ledger, world }, run).map(({ endedAt, at }) => elapsedMs(endedAt ?? at, now))
    const restedMs = Math.min(...rests)
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
