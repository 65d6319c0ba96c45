import type { Assessment } from '../domain/assessment.ts'
import { signalsOf, type Measure, type Plan, type SignalState } from '../domain/plan.ts'
import type { Topology } from '../domain/topology.ts'

/** A guard is worse when it is beyond its maximum and this much above what it was: noise is not harm. */
export const WORSE_FACTOR = 1.1
const WORSE_MARGIN = 0.01

/**
 * Did it help: the plan's signals now against what they were at the effect (`verify.before`). Only samples later than `sinceMs`
 * (epoch milliseconds, when the effect was in place) say anything; no data is blind, and blind is never better.
 */
export function assess(plan: Plan, measure: Measure, sinceMs: number, topology: Topology): Assessment {
  const { before } = plan.verify
  const all = [...measure.own, ...measure.guards]
  const blind = all.filter(({ state }) => state === 'blind')
  const waiting = all.filter(({ at }) => at <= sinceMs)
  const watchesNothing = measure.own.length === 0
  const seen = !watchesNothing && blind.length === 0 && waiting.length === 0
  const violated = measure.own.filter(({ state }) => state === 'violated')
  const harmed = worseGuards(measure, before)
  const enough = seen && all.every(({ state }) => state === 'well')
  const ofTarget = signalsOf(plan, measure.own, topology)
  const others = violated.filter((signal) => !ofTarget.includes(signal))
  const targetWell =
    seen &&
    others.length > 0 &&
    ofTarget.length > 0 &&
    ofTarget.every(({ state }) => state === 'well') &&
    harmed.length === 0 &&
    isBetter(measure, before)
  const answer = (result: Assessment['result'], reasons: string[]): Assessment => ({
    result,
    enough,
    targetWell,
    reasons,
    measure,
  })

  if (watchesNothing) return answer('blind', ['the plan watches no signal of its own'])
  if (blind.length > 0)
    return answer(
      'blind',
      blind.map((signal) => `${nameOf(signal)} cannot be seen`),
    )
  if (waiting.length > 0)
    return answer(
      'unchanged',
      waiting.map((signal) => `no sample of ${nameOf(signal)} since the effect`),
    )
  if (enough) return answer('better', ['every signal of the incident and every guard is healthy'])
  if (harmed.length > 0)
    return answer(
      'worse',
      harmed.map((signal) => `${nameOf(signal)} got worse: ${textOf(signal)}`),
    )
  if (countViolated(measure) > countViolated(before))
    return answer(
      'worse',
      violated.map((signal) => `${nameOf(signal)} is violated`),
    )
  const still = all.filter(({ state }) => state === 'violated').map((signal) => `${nameOf(signal)} is still violated`)
  return answer(isBetter(measure, before) ? 'better' : 'unchanged', still)
}

function countViolated(measure: Measure): number {
  return measure.own.filter(({ state }) => state === 'violated').length
}

/** What is left of a violation that counts as better: down by a quarter. */
const BETTER_FACTOR = 0.75

/**
 * Fewer own signals are violated; or as many, and a guard that was beyond its maximum is down by a quarter, or an own
 * signal has come a quarter nearer to its limit while none of them went further from its own.
 */
function isBetter(measure: Measure, before: Measure): boolean {
  if (countViolated(measure) !== countViolated(before)) return countViolated(measure) < countViolated(before)
  const guarded = pairs(measure.guards, before.guards).some(
    ([now, was]) => was.state === 'violated' && (now.value ?? Infinity) < badness(was) * BETTER_FACTOR,
  )
  const own = pairs(measure.own, before.own).map(([now, was]) => [excess(now), excess(was)] as const)
  const isNearer = own.some(([now, was]) => was > 0 && now < was * BETTER_FACTOR)
  return guarded || (isNearer && own.every(([now, was]) => now <= was * WORSE_FACTOR))
}

/** How far a violated signal is beyond its limit, on whichever side; 0 where that says nothing, as in `up == 0`. */
export function excess({ state, value, limit }: SignalState): number {
  return state === 'violated' && value !== null && limit !== undefined ? Math.abs(value - limit) : 0
}

/** What a guard said before. One that was too broken to say anything can only have got better. */
function badness({ value }: SignalState): number {
  return value ?? Infinity
}

/** Guards that are beyond their maximum, and further than before by more than noise. */
export function worseGuards(measure: Measure, before: Measure): SignalState[] {
  return pairs(measure.guards, before.guards)
    .filter(([now, was]) => now.state === 'violated' && (now.value ?? 0) > badness(was) * WORSE_FACTOR + WORSE_MARGIN)
    .map(([now]) => now)
}

/** Each signal now beside the same signal before. */
function pairs(signals: readonly SignalState[], before: readonly SignalState[]): [SignalState, SignalState][] {
  return signals.flatMap((now) => {
    const was = before.find((one) => one.signal === now.signal && one.target === now.target)
    return was ? [[now, was] as [SignalState, SignalState]] : []
  })
}

/** A signal with its target, in words. */
export const nameOf = ({ signal, target, heirs }: SignalState): string =>
  `${signal} on ${target}${heirs ? ` (gone; in its place ${heirs.join(', ')})` : ''}`
const textOf = ({ value, limit }: SignalState): string => `${value ?? 'no value'} against at most ${limit ?? 'none'}`
