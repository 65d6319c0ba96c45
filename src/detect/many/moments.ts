import { addScaled } from '../../lib/vectors.ts'

/** Means and sums of products of what was seen of several metrics, the later counting more. */
export type Moments = {
  /** How many rows it weighs. */
  count: number
  readonly means: Float64Array
  /** Row by row: the sum of products of deviations of two metrics. */
  readonly products: Float64Array
}

export function beginMoments(metrics: number): Moments {
  return { count: 0, means: new Float64Array(metrics), products: new Float64Array(metrics * metrics) }
}

/**
 * Adds a row (Welford's way); what was seen before fades so that never more than `horizon` rows weigh.
 */
export function addRow(moments: Moments, row: Float64Array, horizon: number): void {
  const { means, products } = moments
  const metrics = means.length
  const fade = Math.min(1, (horizon - 1) / Math.max(1, moments.count))
  moments.count = moments.count * fade + 1
  const before = row.map((value, i) => (Number.isFinite(value) ? value - (means[i] ?? 0) : 0))
  addScaled(means, 0, 1 / moments.count, before, 0, metrics)
  if (fade < 1) for (let i = 0; i < products.length; i++) products[i] = (products[i] ?? 0) * fade
  const left = 1 - 1 / moments.count
  for (let i = 0; i < metrics; i++) {
    const deviation = before[i] ?? 0
    if (deviation !== 0) addScaled(products, i * metrics, left * deviation, before, 0, metrics)
  }
}
