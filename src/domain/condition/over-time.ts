import { STALE_INTERVALS, type Series } from '../signal.ts'
import { ZSCORE_SAMPLES, type OverTime, type RangeFunction } from './ast.ts'

/** Index of the newest sample that is not after `at`; -1 when there is none. */
export function newestAt(series: Series, at: number): number {
  let high = series.length - 1
  if (high < 0 || series.timeAt(high) <= at) return high
  let low = -1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (series.timeAt(middle) <= at) low = middle
    else high = middle
  }
  return low
}

/** The newest value at a moment; NaN when there is none or it was stale by then. */
export function valueAt(series: Series, at: number): number {
  const index = newestAt(series, at)
  return index < 0 || isOld(series, index, at) ? Number.NaN : series.valueAt(index)
}

function isOld(series: Series, index: number, at: number): boolean {
  return at - series.timeAt(index) > STALE_INTERVALS * series.intervalMs
}

/**
 * A function over the samples in (`at` - range, `at`], or over the newest so many. NaN, for unseen, when the series was
 * stale at that moment, has fewer samples there than the function needs, or they cover less than half of the range (each
 * sample stands for one interval): an average over an hour says nothing a minute after the start.
 */
export function overTime({ fn, range, aheadMs = 0 }: OverTime, series: Series, at: number): number {
  const last = newestAt(series, at)
  if (last < 0 || isOld(series, last, at)) return Number.NaN
  const first = 'ms' in range ? newestAt(series, at - range.ms) + 1 : Math.max(0, last + 1 - range.samples)
  const count = last - first + 1
  if (count < LEAST_SAMPLES[fn]) return Number.NaN
  const covered = 'ms' in range ? (at - series.timeAt(first) + series.intervalMs) / range.ms : count / range.samples
  if (covered < 0.5) return Number.NaN
  return compute(fn, series, first, last, at + aheadMs)
}

const LEAST_SAMPLES: Readonly<Record<RangeFunction, number>> = {
  avg: 1,
  min: 1,
  max: 1,
  sum: 1,
  count: 1,
  median: 1,
  last: 1,
  rate: 2,
  increase: 2,
  stddev: 2,
  forecast: 2,
  zscore: ZSCORE_SAMPLES.least,
}

function compute(fn: RangeFunction, series: Series, first: number, last: number, forecastAt: number): number {
  const count = last - first + 1
  switch (fn) {
    case 'count':
      return count
    case 'last':
      return series.valueAt(last)
    case 'sum':
      return sum(series, first, last)
    case 'avg':
      return sum(series, first, last) / count
    case 'min':
      return -most(series, first, last, -1)
    case 'max':
      return most(series, first, last, 1)
    case 'stddev':
      return spread(series, first, last).deviation
    case 'zscore':
      return zscore(series, first, last)
    case 'median':
      return median(Float64Array.from({ length: count }, (_, i) => series.valueAt(first + i)))
    case 'increase':
      return increase(series, first, last)
    case 'rate':
      return (increase(series, first, last) * 1000) / (series.timeAt(last) - series.timeAt(first))
    case 'forecast':
      return forecast(series, first, last, forecastAt)
  }
}

function sum(series: Series, first: number, last: number): number {
  let total = 0
  for (let i = first; i <= last; i++) total += series.valueAt(i)
  return total
}

/** The largest of the values times `sign`. */
function most(series: Series, first: number, last: number, sign: 1 | -1): number {
  let found = Number.NEGATIVE_INFINITY
  for (let i = first; i <= last; i++) found = Math.max(found, sign * series.valueAt(i))
  return found
}

/**
 * Mean and standard deviation, in two passes and counted from the first value: neither a large offset nor a long range
 * costs digits, as the difference of two sums of squares would.
 */
function spread(series: Series, first: number, last: number): { readonly mean: number; readonly deviation: number } {
  const count = last - first + 1
  const origin = series.valueAt(first)
  let total = 0
  for (let i = first; i <= last; i++) total += series.valueAt(i) - origin
  const offset = total / count
  let squares = 0
  for (let i = first; i <= last; i++) squares += (series.valueAt(i) - origin - offset) ** 2
  return { mean: origin + offset, deviation: Math.sqrt(squares / count) }
}

/** What a deviation is at least, as a share of the values: less is rounding, and a flat series that moves stands out. */
const LEAST_SPREAD = 1e-12

/** How many standard deviations of the samples before it the newest one is from their mean. */
function zscore(series: Series, first: number, last: number): number {
  const { mean, deviation } = spread(series, first, last - 1)
  const value = series.valueAt(last)
  const least = LEAST_SPREAD * Math.max(Math.abs(mean), Math.abs(value))
  return value === mean ? 0 : (value - mean) / Math.max(deviation, least)
}

/** The middle one of the values, which it sorts; NaN where there is none. */
export function median(values: Float64Array): number {
  values.sort()
  const middle = values.length >> 1
  const upper = values[middle] ?? Number.NaN
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? Number.NaN) + upper) / 2
}

/** What a counter gained between its samples; one that fell began again at zero. Nothing is extrapolated. */
function increase(series: Series, first: number, last: number): number {
  let total = 0
  let before = series.valueAt(first)
  for (let i = first + 1; i <= last; i++) {
    const value = series.valueAt(i)
    total += value < before ? value : value - before
    before = value
  }
  return total
}

/** The value that the straight line of least squares through the samples has at a moment. */
function forecast(series: Series, first: number, last: number, at: number): number {
  const count = last - first + 1
  let meanTime = 0
  let meanValue = 0
  for (let i = first; i <= last; i++) {
    meanTime += (series.timeAt(i) - at) / count
    meanValue += series.valueAt(i) / count
  }
  let covariance = 0
  let variance = 0
  for (let i = first; i <= last; i++) {
    const deviation = series.timeAt(i) - at - meanTime
    covariance += deviation * (series.valueAt(i) - meanValue)
    variance += deviation ** 2
  }
  return meanValue - (covariance / variance) * meanTime
}
