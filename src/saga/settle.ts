import type { Assessment } from '../domain/assessment.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import type { RunContext } from './context.ts'
import { stopIfAsked } from './journal.ts'

export type Settled = Pick<Assessment, 'result' | 'enough' | 'reasons'>

/**
 * Watches the signals after the effect until they say enough: well for `healthyForMs` without a break, worse for as long,
 * or `withinMs` over, whichever comes first. Time spent blind counts as nothing; too much of it ends blind. The result
 * is recorded as a step, so that a restart neither judges twice nor forgets.
 */
export async function settle(x: RunContext): Promise<Settled> {
  const { healthyForMs, withinMs, blindForMs } = x.plan.verify
  const timeoutMs = 4 * (withinMs + blindForMs) + healthyForMs
  const rule = { timeoutMs, tries: 1 }
  const since = await x.journal.step('settle/since', async () => ({ ...x.clock.moment() }), rule)
  return x.journal.step('settle/result', () => watch(x, since), rule)
}

/** The kind of the last answer, and since when it has been the same without a break. */
type Streak = { readonly kind: 'well' | 'worse' | 'other' | 'blind'; readonly since: Moment }

async function watch(x: RunContext, since: Moment): Promise<Settled> {
  const { healthyForMs, withinMs, blindForMs } = x.plan.verify
  let streak: Streak = { kind: 'other', since: x.clock.moment() }
  const spentMs = { blind: 0, seen: 0 }
  for (let last = x.clock.moment(); ;) {
    const assessment = x.assess(x.plan, since)
    const now = x.clock.moment()
    const kind = kindOf(assessment)
    spentMs[kind === 'blind' ? 'blind' : 'seen'] += elapsedMs(last, now)
    last = now
    if (kind !== streak.kind) streak = { kind, since: now }
    const lasted = elapsedMs(streak.since, now) >= healthyForMs
    const over = { blind: spentMs.blind >= blindForMs, other: spentMs.seen >= withinMs, well: lasted, worse: lasted }
    if (over[kind]) {
      await x.journal.append({ kind: 'assessed', assessment })
      const { result, enough, reasons } = assessment
      return { result, enough, reasons }
    }
    await x.clock.sleep(x.pollMs, AbortSignal.any([x.freeze, x.halt]))
    stopIfAsked(x)
  }
}

function kindOf(assessment: Assessment): Streak['kind'] {
  if (assessment.result === 'blind') return 'blind'
  if (assessment.result === 'worse') return 'worse'
  return assessment.enough || assessment.targetWell ? 'well' : 'other'
}
