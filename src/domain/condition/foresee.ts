import {
  hasRhythm,
  newestLine,
  reachOf as reached,
  seasonalForecast,
  withoutLoneStep,
  type Forecast,
  type Reach,
} from '../../lib/forecast.ts'
import type { Series } from '../signal.ts'
import type { Reaches } from './ast.ts'
import { seenAt, type Bound, type Scope } from './bind.ts'
import { conditionText } from './text.ts'
import { bindSides } from './usual.ts'

/** What is foreseen at one moment. */
export type Foreseen =
  /** The value or the limit cannot be seen, or too little of its past. */
  | { readonly state: 'unseen' | 'young'; readonly reason: string }
  | {
      readonly state: 'seen'
      readonly value: number
      readonly limit: number
      /** The furthest that is expected in the direction of the limit within the time. */
      readonly expected: number
      /** When the limit is reached; absent where it is not expected to be within the time, or that is not certain enough. */
      readonly reach?: () => Reach
    }

/** What a forecast rests on: its value and limit at any moment, and what is foreseen there. */
export type BoundForecast = {
  readonly at: (time: number) => Foreseen
  readonly value: Bound
  readonly limit: Bound
}

const DAY_MS = 86_400_000
/** The past is looked at in steps that divide a day: the shortest that makes no more points than these of it. */
const MOST_POINTS = 120
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 4, 6, 12, 24].map((hours) => hours * 3_600_000),
]
/** As of any range, half of it must have been seen. */
const LEAST_COVERED = 0.5

/**
 * Whether, and when, a value is expected to reach a limit: by the straight line of its past, or by its daily rhythm where the
 * past holds two days and shows one. It is foreseen where what is expected gets there within the time, and it is certain that
 * it goes that way (19 times in 20); or where it is there already.
 */
export function bindForecast(node: Reaches, scope: Scope): BoundForecast {
  const [value, limit] = bindSides(node.of, node.limit, scope)
  const stepMs = stepOf(node.range.ms, value.series)
  const newest = seenAt(value.series, scope.now)
  const known = new Map<number, Foreseen>()
  const valueAt = remembered(value.at)
  // The newest moment is looked at as it is; earlier ones, of which there are many, in steps.
  const momentOf = (time: number): number => (time >= newest ? time : Math.floor(time / stepMs) * stepMs)
  const at = (time: number): Foreseen => {
    const moment = momentOf(time)
    const found = known.get(moment) ?? foresee(node, { value, valueAt, limit, stepMs }, moment)
    known.set(moment, found)
    return found
  }
  return { at, value, limit }
}

function stepOf(rangeMs: number, series: readonly Series[]): number {
  const leastMs = Math.max(rangeMs / MOST_POINTS, ...series.map(({ intervalMs }) => intervalMs))
  return STEPS_MS.find((ms) => ms >= leastMs) ?? DAY_MS
}

type ValueAt = (time: number) => number
type Bounds = { readonly value: Bound; readonly valueAt: ValueAt; readonly limit: Bound; readonly stepMs: number }

/** Moments that follow on each other have most of their past in common. */
function remembered(at: ValueAt): ValueAt {
  const known = new Map<number, number>()
  return (time) => {
    const found = known.get(time) ?? at(time)
    known.set(time, found)
    return found
  }
}

function foresee(node: Reaches, { value, valueAt, limit, stepMs }: Bounds, time: number): Foreseen {
  const [now, bar] = [valueAt(time), limit.at(time)]
  if (Number.isNaN(now)) return { state: 'unseen', reason: value.why(time) }
  if (Number.isNaN(bar)) return { state: 'unseen', reason: limit.why(time) }
  const rising = node.direction === 'rises'
  const sign = rising ? 1 : -1
  if (sign * (now - bar) >= 0) {
    return { state: 'seen', value: now, limit: bar, expected: now, reach: () => NOW }
  }
  const past = pastOf(valueAt, { time, stepMs, rangeMs: node.range.ms })
  const forecast = past && forecastOf(past, stepMs)
  if (!forecast)
    return { state: 'young', reason: `too little of '${conditionText(node.of)}' is known yet to foresee it` }
  const expected = furthest(forecast, sign, node.withinMs)
  const seen = { state: 'seen', value: now, limit: bar, expected } as const
  if (forecast.moves !== sign || sign * (expected - bar) < 0) return seen
  return { ...seen, reach: () => reached(forecast, bar, { rising, horizonMs: node.withinMs }) ?? NOW }
}

const NOW: Reach = { afterMs: 0, earliestMs: 0, latestMs: 0 }

type Past = { readonly times: Float64Array; readonly values: Float64Array }

/** The value at every step of the range, and now; undefined where less than half of it was seen. */
function pastOf(
  valueAt: ValueAt,
  { time, stepMs, rangeMs }: { readonly time: number; readonly stepMs: number; readonly rangeMs: number },
): Past | undefined {
  const count = Math.floor(time / stepMs) - Math.floor((time - rangeMs) / stepMs)
  const last = Math.floor(time / stepMs) * stepMs
  const steps = Array.from({ length: count }, (_, i) => last - (count - 1 - i) * stepMs)
  const moments = last === time ? steps : [...steps, time]
  const seen = moments.map((at) => [at, valueAt(at)] as const).filter(([, one]) => Number.isFinite(one))
  if (time - (seen[0]?.[0] ?? time) + stepMs < rangeMs * LEAST_COVERED) return undefined
  return { times: Float64Array.from(seen, ([at]) => at), values: Float64Array.from(seen, ([, one]) => one) }
}

/** By its rhythm where two whole days were seen without a gap and are alike, else by its line. */
function forecastOf({ times, values }: Past, stepMs: number): Forecast | undefined {
  const level = withoutLoneStep(values)
  const season = DAY_MS / stepMs
  const even = (times.at(-1) ?? 0) % stepMs === 0 ? level : level.subarray(0, -1)
  const isWhole = (times[even.length - 1] ?? 0) - (times[0] ?? 0) === (even.length - 1) * stepMs
  return (isWhole && hasRhythm(even, season) && seasonalForecast(even, season, stepMs)) || newestLine(times, level)
}

/** A part of the looks for the moment itself: what is seen here is found there. */
const LOOKS = 60

function furthest(forecast: Forecast, sign: 1 | -1, withinMs: number): number {
  const looks = Array.from({ length: LOOKS }, (_, i) => forecast.at((withinMs * (i + 1)) / LOOKS).value)
  return looks.reduce((most, value) => (sign * value > sign * most ? value : most))
}
