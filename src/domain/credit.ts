import type { Comparison } from './comparison.ts'
import { comparisonText } from './comparison.ts'
import type { Attempt, Incident } from './incident.ts'
import { successOf, type Measure, type Plan } from './plan.ts'
import type { Outcome } from './run.ts'
import { durationText } from '../lib/duration.ts'

/** To whom it is owed that what was sick is well. */
export type Credit = 'fixed-by-us' | 'recovered-alone' | 'unknown'

/** A credit, whether it rests on a comparison with what nobody treated, and why it is so. */
export type Credited = { readonly credit: Credit; readonly controlled: boolean; readonly reason: string }

/** What a run knows at its end about why its signals are as they are. */
export type Ended = {
  readonly plan: Pick<Plan, 'remedy' | 'verify' | 'history'>
  readonly outcome: Outcome
  /** What the signals said right before the first effect; absent where nobody wrote it down. */
  readonly before?: Measure
  /** Oldest first. */
  readonly comparisons: readonly Comparison[]
  /** Epoch milliseconds. */
  readonly now: number
}

/** Whether what the plan was made for was over before its first effect. */
export function hadRecovered({ plan, before }: Pick<Ended, 'plan' | 'before'>): boolean {
  const isIll = ({ own }: Measure): boolean =>
    own.some(({ state, signal }) => state !== 'well' && signal !== successOf(plan.remedy))
  return before !== undefined && isIll(plan.verify.before) && !isIll(before)
}

/**
 * Who mended it; undefined where nothing was mended. With untouched targets to compare with, they decide. Without, all
 * there is to go by is before and after: ours is what was violated right before the effect and well after it, unless the
 * trouble's own history says that it would have passed by then anyway.
 */
export function creditOf(run: Ended): Credited | undefined {
  const uncontrolled = (credit: Credit, reason: string): Credited => ({ credit, controlled: false, reason })
  if (hadRecovered(run)) return uncontrolled('recovered-alone', 'every signal was well before the effect')
  if (run.outcome !== 'healed' && run.outcome !== 'helped') return undefined
  const last = run.comparisons.at(-1)
  if (last) return { credit: creditByComparison(last), controlled: true, reason: comparisonText(last) }
  const own = run.before?.own ?? []
  if (own.length === 0 || own.some(({ state }) => state === 'blind')) {
    return uncontrolled('unknown', 'nobody saw how it was right before the effect')
  }
  const usual = usuallyOver(run)
  return usual === undefined
    ? uncontrolled('fixed-by-us', 'violated right before the effect, and well after it')
    : uncontrolled('unknown', usual)
}

function creditByComparison({ verdict, controls }: Comparison): Credit {
  if (verdict === 'better') return 'fixed-by-us'
  return 2 * controls.well >= controls.of ? 'recovered-alone' : 'unknown'
}

/** So many earlier times must have passed by themselves before they say anything. */
const LEAST_TIMES = 2

/** Why it may have passed by itself: most earlier times did within as long, and it was not yet older than all of them. */
function usuallyOver({ plan: { history }, before, now }: Ended): string | undefined {
  if (!history || !before || history.alone.length < LEAST_TIMES) return undefined
  const age = now - history.since
  const passed = history.alone.filter((ms) => ms <= age).length
  const isOlderThanAll = before.at - history.since > Math.max(...history.alone)
  if (isOlderThanAll || 2 * passed < history.alone.length) return undefined
  const times = `${passed} of the last ${history.alone.length} times`
  return `it has passed by itself within ${durationText(age)} ${times}`
}

type EndedBy = NonNullable<Incident['endedBy']>

const ENDED_BY: Readonly<Record<Credit, EndedBy>> = {
  'fixed-by-us': 'kintsugi',
  'recovered-alone': 'itself',
  unknown: 'unknown',
}

/** Who ended an incident with these attempts, of which `settled` ended before it came back last. */
export function endedByOf(attempts: readonly Attempt[], settled: number): EndedBy {
  if (attempts.every(({ outcome }) => outcome === 'abandoned')) return 'itself'
  // What came back after the last attempt, and went again, was not ended by it.
  const last = attempts.slice(settled).at(-1)
  return last ? ENDED_BY[creditFor(last)] : 'unknown'
}

/** The credit of an attempt: records from before credit was written down have the outcome alone. */
export function creditFor({ outcome, credit }: { readonly outcome?: Outcome; readonly credit?: Credit }): Credit {
  return credit ?? (outcome === 'healed' || outcome === 'helped' ? 'fixed-by-us' : 'unknown')
}
