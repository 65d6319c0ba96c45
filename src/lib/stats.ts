/** How many values there were, and what they were like. All in the unit of the values. */
export type Summary = { readonly count: number; readonly mean: number; readonly median: number; readonly p95: number }

/** Undefined where there are no values. */
export function summaryOf(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  return { count: sorted.length, mean, median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) }
}

/** The q-quantile (0 to 1) of sorted values, linear between neighbours (type 7 of Hyndman and Fan 1996); NaN of none. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)]
  const high = sorted[Math.ceil(at)]
  return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (at - Math.floor(at))
}
