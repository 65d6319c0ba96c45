/** What is expected so far ahead, and between which two values it lies 19 times in 20. In the unit of the series. */
export type Expected = { readonly value: number; readonly low: number; readonly high: number }

/** What a series is expected to do; pure. */
export type Forecast = (aheadMs: number) => Expected

/** When a limit is reached, in milliseconds from now; without `latestMs` it may never be. */
export type Reach = { readonly afterMs: number; readonly earliestMs: number; readonly latestMs?: number }

/** The 97.5 % quantile of the normal distribution. */
const NORMAL = 1.96

/**
 * A straight line through samples by least squares, with the interval of a new sample (not of the line alone). Times are
 * epoch milliseconds, the last is now. Undefined with fewer than five samples, or all at one time.
 */
export function linearForecast(times: Float64Array, values: Float64Array): Forecast | undefined {
  const n = times.length
  const now = times[n - 1] ?? 0
  const x = times.map((at) => at - now)
  const meanX = mean(x)
  const meanY = mean(values)
  const spread = x.reduce((sum, at) => sum + (at - meanX) ** 2, 0)
  if (n < 5 || !(spread > 0)) return undefined
  const slope = x.reduce((sum, at, i) => sum + (at - meanX) * ((values[i] ?? 0) - meanY), 0) / spread
  const line = (at: number): number => meanY + slope * (at - meanX)
  const rest = x.reduce((sum, at, i) => sum + ((values[i] ?? 0) - line(at)) ** 2, 0)
  const noise = Math.sqrt(rest / (n - 2))
  return (aheadMs) =>
    around(line(aheadMs), student(n - 2) * noise * Math.sqrt(1 + 1 / n + (aheadMs - meanX) ** 2 / spread))
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
  return (aheadMs) => {
    const steps = Math.max(1, aheadMs / intervalMs)
    const whole = Math.ceil(steps)
    const value = best.level + best.trend * steps + (best.seasons[(values.length + whole - 1) % season] ?? 0)
    return around(value, NORMAL * Math.sqrt(best.squaredError * growth(best.smoothing, whole, season)))
  }
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
    crossing((aheadMs) => (rising ? 1 : -1) * (forecast(aheadMs)[of] - limit), horizonMs)
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
