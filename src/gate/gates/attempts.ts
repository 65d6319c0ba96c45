import type { Ledger, SpentAttempt } from '../../domain/ledger.ts'
import type { Plan } from '../../domain/plan.ts'
import type { AttemptLimit, Limits } from '../../domain/policy.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate, type GateInput } from '../gate.ts'

/**
 * N attempts on the durable owner within a time; the next is held. The longer limits latch: an owner that keeps
 * needing the same repair has a fault that the repair masks, and only a person opens it again. A policy may add a limit
 * of its own; whoever made the attempts counts.
 */
export const attempts: Gate = {
  name: 'attempts',
  guardsUndo: false,
  ask({ plan, ledger, world, run, now }) {
    const latch = ledger.latches.find(({ owner }) => owner === plan.owner)
    const release = `kintsugi release ${plan.owner}`
    if (latch) return { answer: 'hold', reason: latch.reason, unlocks: release, person: true }
    const spent = countedAttempts({ ledger, world }, run)
    const own = world.policies.get(plan.policy)?.limit
    const reached = reachedLimits([...world.limits.perTarget, ...(own ? [own] : [])], spent, now)
    const [limit] = reached.sort((a, b) => Number(b.latches) - Number(a.latches))
    if (!limit) return ALLOW(`${spent.length} attempts on ${plan.owner} on the ledger`)
    return {
      answer: 'hold',
      reason: limit.latches
        ? latchReason(limit)
        : `attempt ${limit.attempts + 1} within ${durationText(limit.withinMs)}`,
      value: withinLimit(limit, spent, now).length,
      limit: limitText(limit),
      unlocks: limit.latches ? release : `when the oldest is past ${durationText(limit.withinMs)}, or: ${release}`,
      person: true,
    }
  },
}

/** The attempts that count here: of other runs, and in shadow those of the shadow ledger only. */
export function countedAttempts({ ledger, world }: Pick<GateInput, 'ledger' | 'world'>, run?: string): SpentAttempt[] {
  return ledger.attempts.filter((spent) => spent.run !== run && spent.shadow === (world.mode === 'shadow'))
}

function withinLimit(limit: AttemptLimit, spent: readonly SpentAttempt[], now: Moment): SpentAttempt[] {
  return spent.filter(({ at }) => elapsedMs(at, now) < limit.withinMs)
}

/** The limits that one more attempt would break. */
function reachedLimits(limits: readonly AttemptLimit[], spent: readonly SpentAttempt[], now: Moment): AttemptLimit[] {
  return limits.filter((limit) => withinLimit(limit, spent, now).length >= limit.attempts)
}

function latchReason(limit: AttemptLimit): string {
  return `recurring, the repair masks a fault: attempt ${limit.attempts + 1} within ${durationText(limit.withinMs)}`
}

/** Why the owner is latched from now on; undefined when it is already, or no latching limit is reached. */
export function latchOf(plan: Plan, ledger: Ledger, limits: Limits, now: Moment): string | undefined {
  if (ledger.latches.some(({ owner }) => owner === plan.owner)) return undefined
  const spent = ledger.attempts.filter(({ shadow }) => !shadow)
  const limit = reachedLimits(limits.perTarget, spent, now).find(({ latches }) => latches)
  return limit && latchReason(limit)
}

function limitText(limit: AttemptLimit): string {
  return `${limit.attempts} in ${durationText(limit.withinMs)}`
}
