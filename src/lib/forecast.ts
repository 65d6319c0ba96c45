/** What is expected so far ahead, and between which two values it lies 19 times in 20. In the unit of the series. */
export type Expected = { readonly value: number; readonly low: number; readonly high: number }

/** What a series is expected to do; pure. */
export type Forecast = {
  at(aheadMs: number): Expected
  /** Which way it certainly goes in the long run, 19 times in 20: 1 up, -1 down, 0 where that is not certain. */
  readonly moves: -1 | 0 | 1
}

/** When a limit is reached, in milliseconds from now; without `latestMs` it may never be. */
export type Reach = { readonly afterMs: number; readonly earliestMs: number; readonly latestMs?: number }

/** The 97.5 % quantile of the normal distribution. */
const NORMAL = 1.96

/** A forecast by a straight line. It fits where what is left of the samples without it is as if by chance. */
export type Line = Forecast & { readonly fits: boolean }

/** Fewer samples tell of no line. */
const LEAST_SAMPLES = 5

/**
 * A straight line through samples by least squares, with the interval of a new sample (not of the line alone). Times are
 * epoch milliseconds, the last is now. Undefined with fewer than five samples, or all at one time.
 */
export function linearForecast(times: Float64Array, values: Float64Array): Line | undefined {
  const n = times.length
  const now = times[n - 1] ?? 0
  const x = times.map((at) => at - now)
  const meanX = mean(x)
  const meanY = mean(values)
  const spread = x.reduce((sum, at) => sum + (at - meanX) ** 2, 0)
  if (n < LEAST_SAMPLES || !(spread > 0)) return undefined
  const slope = x.reduce((sum, at, i) => sum + (at - meanX) * ((values[i] ?? 0) - meanY), 0) / spread
  const line = (at: number): number => meanY + slope * (at - meanX)
  const rest = values.map((value, i) => value - line(x[i] ?? 0))
  const noise = Math.sqrt(rest.reduce((sum, one) => sum + one ** 2, 0) / (n - 2))
  const { share, freedom } = independent(rest)
  const often = student(freedom)
  const half = (aheadMs: number): number =>
    often * noise * Math.sqrt(1 + (1 / n + (aheadMs - meanX) ** 2 / spread) / share)
  return {
    at: (aheadMs) => around(line(aheadMs), half(aheadMs)),
    fits: share === 1,
    moves: certainly(slope, (often * noise) / Math.sqrt(spread * share), Math.abs(meanY) / Math.sqrt(spread)),
  }
}

/** How much of the newest samples a line is looked for in, where it does not fit more of them: what goes on may have begun late. */
const NEWEST = [1, 2, 4] as const

/** The line through all samples; through the newer half, or the newest quarter, where it fits these and not more. */
export function newestLine(times: Float64Array, values: Float64Array): Line | undefined {
  const from = (part: number): number => times.length - Math.ceil(times.length / part)
  const lines = NEWEST.map((part) => linearForecast(times.subarray(from(part)), values.subarray(from(part))))
  return lines.find((line) => line?.fits) ?? lines[0]
}

/**
 * How much of what is left of samples without their line is news: neighbours that lie on the same side of it say the same
 * thing twice, as where a level shifted once or values wander about. Such samples count for fewer.
 */
function independent(rest: Float64Array): { readonly share: number; readonly freedom: number } {
  const n = rest.length
  const squares = rest.reduce((sum, one) => sum + one ** 2, 0)
  const products = rest.reduce((sum, one, i) => sum + one * (rest[i - 1] ?? 0), 0)
  const seen = squares > 0 ? products / squares : 0
  // Taken from what a line leaves, it comes out too small by so much.
  const likeness = Math.min(MOST_ALIKE, seen + (2 + 4 * seen) / n)
  // What independent samples come to by chance is no likeness.
  const share = seen > 2 / Math.sqrt(n) ? (1 - likeness) / (1 + likeness) : 1
  return { share, freedom: Math.max(2, n * share - 2) }
}

const MOST_ALIKE = 0.98

/** The sign of what is known this well; what is lost in the rounding of numbers of that size has none. */
function certainly(value: number, half: number, size: number): -1 | 0 | 1 {
  if (!(Math.abs(value) > half) || Math.abs(value) <= 1e-12 * size) return 0
  return value > 0 ? 1 : -1
}

/** The 97.5 % quantile of Student's t, by Cornish and Fisher's expansion: within 3 % from three degrees of freedom on. */
function student(freedom: number): number {
  const g1 = (NORMAL ** 3 + NORMAL) / 4
  const g2 = (5 * NORMAL ** 5 + 16 * NORMAL ** 3 + 3 * NORMAL) / 96
  const g3 = (3 * NORMAL ** 7 + 19 * NORMAL ** 5 + 17 * NORMAL ** 3 - 15 * NORMAL) / 384
  return NORMAL + g1 / freedom + g2 / freedom ** 2 + g3 / freedom ** 3
}

type Smoothing = { readonly level: number; readonly trend: number; readonly season: number }

/** Where Holt and Winters' recursion has come to. */
type Smoothed = {
  readonly smoothing: Smoothing
  readonly level: number
  readonly trend: number
  readonly seasons: Float64Array
  /** Of one step ahead. */
  readonly squaredError: number
}

const GRID = [0.05, 0.2, 0.5, 0.8]
const SMOOTHINGS: readonly Smoothing[] = GRID.flatMap((level) =>
  [0.01, 0.1, 0.3].flatMap((trend) => [0.05, 0.3].map((season) => ({ level, trend, season }))),
)

/**
 * Holt and Winters' additive smoothing of evenly spaced samples, `season` samples to a season, with the smoothing that
 * would have foretold the past best. Intervals are those of Hyndman and others (2008) for this model, with the error
 * of one step measured. Undefined with less than two seasons, or a season of fewer than two samples.
 */
export function seasonalForecast(values: Float64Array, season: number, intervalMs: number): Forecast | undefined {
  if (season < 2 || values.length < 2 * season) return undefined
  const best = SMOOTHINGS.map((smoothing) => smoothed(values, season, smoothing)).reduce((a, b) =>
    b.squaredError < a.squaredError ? b : a,
  )
  const at = (aheadMs: number): Expected => {
    const steps = Math.max(1, aheadMs / intervalMs)
    const whole = Math.ceil(steps)
    const value = best.level + best.trend * steps + (best.seasons[(values.length + whole - 1) % season] ?? 0)
    return around(value, NORMAL * Math.sqrt(best.squaredError * growth(best.smoothing, whole, season)))
  }
  return { at, moves: fromSeasonToSeason(values, season) }
}

/** Which way each season certainly differs from the one before, moment by moment. */
function fromSeasonToSeason(values: Float64Array, season: number): -1 | 0 | 1 {
  const changes = values.subarray(season).map((value, i) => value - (values[i] ?? 0))
  const change = mean(changes)
  const rest = changes.map((one) => one - change)
  const { share, freedom } = independent(rest)
  const deviation = Math.sqrt(mean(rest.map((one) => one ** 2)) / (changes.length * share))
  return certainly(change, student(freedom) * deviation, Math.abs(mean(values)))
}

/** Neighbouring seasons are alike by this much, as a correlation without the trend, where there is a rhythm. */
const ALIKE = 0.5

/** Whether samples have a rhythm of so many to a season: what is left of them without their line comes again. */
export function hasRhythm(values: Float64Array, season: number): boolean {
  const line = linearForecast(
    values.map((_, i) => i),
    values,
  )
  if (!line || season < 2 || values.length < 2 * season) return false
  const rest = values.map((value, i) => value - line.at(i - values.length + 1).value)
  const [before, after] = [rest.subarray(0, -season), rest.subarray(season)]
  const product = after.reduce((sum, one, i) => sum + one * (before[i] ?? 0), 0)
  const size = (all: Float64Array): number => all.reduce((sum, one) => sum + one ** 2, 0)
  return product > ALIKE * Math.sqrt(size(before) * size(after))
}

/** So many times larger than any other, and a step is no part of how a series goes on. */
const LONE = 4

/**
 * Samples with the one step taken out that no other comes near, by lifting or lowering all before it: somebody cleaned up, or
 * copied a large file, and what went on before goes on from there. By as much as lets one line fit both sides best.
 */
export function withoutLoneStep(values: Float64Array): Float64Array {
  const sizes = values.subarray(1).map((value, i) => Math.abs(value - (values[i] ?? 0)))
  const sorted = sizes.toSorted()
  const [second, largest] = [sorted.at(-2) ?? 0, sorted.at(-1) ?? 0]
  if (!(largest > LONE * second)) return values
  const from = sizes.indexOf(largest) + 1
  const [before, after] = [sumsOf(values, 0, from), sumsOf(values, from, values.length)]
  const spread = before.spread + after.spread
  const slope = spread > 0 ? (before.product + after.product) / spread : 0
  const step = after.mean - before.mean - slope * (after.middle - before.middle)
  return values.map((value, i) => (i < from ? value + step : value))
}

type Sums = { readonly middle: number; readonly mean: number; readonly spread: number; readonly product: number }

/** What a line through the samples from one index to another is made of. */
function sumsOf(values: Float64Array, from: number, to: number): Sums {
  const part = values.subarray(from, to)
  const middle = (from + to - 1) / 2
  const product = part.reduce((sum, value, i) => sum + (from + i - middle) * (value - (part[0] ?? 0)), 0)
  const spread = part.reduce((sum, _, i) => sum + (from + i - middle) ** 2, 0)
  return { middle, mean: mean(part), spread, product }
}

function smoothed(values: Float64Array, season: number, smoothing: Smoothing): Smoothed {
  const first = mean(values.subarray(0, season))
  const second = mean(values.subarray(season, 2 * season))
  let trend = (second - first) / season
  // The mean of the first season stands in its middle; the recursion begins before its first sample.
  let level = first - (trend * (season + 1)) / 2
  const seasons = Float64Array.from({ length: season }, (_, i) => (values[i] ?? 0) - (level + trend * (i + 1)))
  let [squares, count] = [0, 0]
  values.forEach((value, i) => {
    const seasonal = seasons[i % season] ?? 0
    const error = value - (level + trend + seasonal)
    level += trend + smoothing.level * error
    trend += smoothing.level * smoothing.trend * error
    seasons[i % season] = seasonal + smoothing.season * (1 - smoothing.level) * error
    if (i < season) return
    squares += error ** 2
    count++
  })
  return { smoothing, level, trend, seasons, squaredError: squares / count }
}

/** By how much the variance of the error grows until `steps` ahead. */
function growth({ level, trend, season }: Smoothing, steps: number, length: number): number {
  const seasonal = season * (1 - level)
  let sum = 1
  for (let j = 1; j < steps; j++) sum += (level * (1 + j * trend) + (j % length === 0 ? seasonal : 0)) ** 2
  return sum
}

const around = (value: number, half: number): Expected => ({ value, low: value - half, high: value + half })

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** So finely a horizon is looked over. */
const LOOKS = 240

/**
 * When a forecast reaches a limit from below (`rising`) or from above, looked for up to a horizon; undefined when what is
 * expected does not reach it by then. A limit that is reached already is reached after 0.
 */
export function reachOf(
  forecast: Forecast,
  limit: number,
  { rising, horizonMs }: { readonly rising: boolean; readonly horizonMs: number },
): Reach | undefined {
  const when = (of: keyof Expected): number | undefined =>
    crossing((aheadMs) => (rising ? 1 : -1) * (forecast.at(aheadMs)[of] - limit), horizonMs)
  const afterMs = when('value')
  if (afterMs === undefined) return undefined
  const [earliest, latestMs] = rising ? [when('high'), when('low')] : [when('low'), when('high')]
  return { afterMs, earliestMs: earliest ?? afterMs, ...(latestMs !== undefined && { latestMs }) }
}

/** The first time at which a function is no longer below zero, straight between looks. */
function crossing(of: (aheadMs: number) => number, horizonMs: number): number | undefined {
  let [before, value] = [0, of(0)]
  if (value >= 0) return 0
  for (let look = 1; look <= LOOKS; look++) {
    const at = (horizonMs * look) / LOOKS
    const next = of(at)
    if (next >= 0) return before + ((at - before) * value) / (value - next)
    ;[before, value] = [at, next]
  }
  return undefined
}
