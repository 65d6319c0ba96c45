import type { Assessment } from '../domain/assessment.ts'
import { hadRecovered } from '../domain/credit.ts'
import type { Plan } from '../domain/plan.ts'
import type { VerifyRule } from '../domain/policy.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import { durationText } from '../lib/duration.ts'
import type { RunContext } from './context.ts'
import { stopIfAsked, stopOf } from './journal.ts'
import type { RunState } from './log.ts'

export type Settled = Pick<Assessment, 'result' | 'enough' | 'reasons'>

/**
 * Watches the signals after the effect until they say enough: well for `healthyForMs` without a break, worse for as long,
 * or `withinMs` over (a streak under way may then be finished). Time spent blind counts as nothing; when it
 * lasts, a person is told once, and too much of it ends blind. The result is recorded as a step, so that a restart neither judges twice nor forgets.
 */
export async function settle(x: RunContext): Promise<Settled> {
  // It ends by itself: a time-out would go off while the machine sleeps.
  const rule = { tries: 1 }
  const since = await x.journal.step('settle/since', async () => ({ ...x.clock.moment() }), rule)
  return x.journal.step('settle/result', () => watch(x, since), rule)
}

/** Since when each has been so without a break; absent while it is not. */
type Streaks = { readonly [Kind in 'enough' | 'targetWell' | 'worse']?: Moment | undefined }

async function watch(x: RunContext, since: Moment): Promise<Settled> {
  const spentMs = { blind: 0, seen: 0 }
  let streaks: Streaks = {}
  const plan = sinceEffect(x)
  for (let last = x.clock.moment(); ;) {
    const assessment = x.assess(plan, since)
    const now = x.clock.moment()
    spentMs[assessment.result === 'blind' ? 'blind' : 'seen'] += elapsedMs(last, now)
    last = now
    streaks = nextStreaks(streaks, assessment, now)
    const settled = credited(x, judged(assessment, streaks, spentMs, now, x.plan.verify))
    if (settled) {
      await x.journal.append({ kind: 'assessed', assessment: settled })
      const { result, enough, reasons } = settled
      return { result, enough, reasons }
    }
    if (spentMs.blind >= x.plan.verify.healthyForMs) await tellBlind(x, assessment)
    await x.clock.sleep(x.pollMs, stopOf(x))
    stopIfAsked(x)
  }
}

/** A run as its log tells it. */
type Run = { readonly plan: Plan; readonly journal: { state(): RunState } }

/**
 * The plan, compared with what its signals said at the first effect and not when it was made: what had recovered by then
 * is not its doing. Where something was unseen at that moment, what the plan saw is all there is.
 */
export function sinceEffect({ plan, journal }: Run): Plan {
  const { before } = journal.state()
  const isSeen = before && [...before.own, ...before.guards].every(({ state }) => state !== 'blind')
  return isSeen ? { ...plan, verify: { ...plan.verify, before } } : plan
}

/** Whoever was well before the effect has not been mended by it, whatever is so now. */
export function credited({ plan, journal }: Run, judged: Assessment | undefined): Assessment | undefined {
  const { before } = journal.state()
  if (judged?.result !== 'better' || !hadRecovered({ plan, ...(before && { before }) })) return judged
  const reasons = ['every signal of the incident was well again before the effect: that is not its doing']
  return { ...judged, result: 'unchanged', enough: false, reasons }
}

/** Tells a person, once in a run, that nobody sees what the effect did. Nothing is undone meanwhile. */
async function tellBlind({ run, plan, journal }: RunContext, assessment: Assessment): Promise<void> {
  if (assessment.result !== 'blind' || journal.state().assessment?.result === 'blind') return
  const limit = durationText(plan.verify.blindForMs)
  const reason = `applied, unverified: ${assessment.reasons.join('; ')}; judged when it is seen again, parked after ${limit}`
  const { incident } = plan
  await journal.append(
    { kind: 'assessed', assessment },
    { entries: [{ body: { kind: 'paged', about: run, reason }, incident, run }] },
  )
}

function nextStreaks(was: Streaks, { enough, targetWell, result }: Assessment, now: Moment): Streaks {
  return {
    enough: enough ? (was.enough ?? now) : undefined,
    targetWell: enough || targetWell ? (was.targetWell ?? now) : undefined,
    worse: result === 'worse' ? (was.worse ?? now) : undefined,
  }
}

/** The assessment that the run is judged by; undefined while it is too early to say. */
function judged(
  assessment: Assessment,
  streaks: Streaks,
  spentMs: { readonly blind: number; readonly seen: number },
  now: Moment,
  { healthyForMs, withinMs, blindForMs }: VerifyRule,
): Assessment | undefined {
  if (assessment.result === 'blind') return spentMs.blind >= blindForMs ? assessment : undefined
  const lasted = (from: Moment | undefined): boolean => from !== undefined && elapsedMs(from, now) >= healthyForMs
  if (lasted(streaks.enough) || lasted(streaks.worse)) return assessment
  // What began to heal may finish, but not begin again for ever.
  const patienceMs = streaks.enough || streaks.worse ? withinMs + healthyForMs : withinMs
  if (spentMs.seen < patienceMs && !(lasted(streaks.targetWell) && !assessment.enough)) return undefined
  if (!assessment.enough) return assessment
  const reason = `not well for ${durationText(healthyForMs)} without a break`
  return { ...assessment, enough: false, reasons: [...assessment.reasons, reason] }
}
