import { eigenOf } from '../../lib/eigen.ts'
import { addScaled, dot } from '../../lib/vectors.ts'
import type { Moments } from './moments.ts'

/** What several metrics have in common, and how far each usually is from it. */
export type Pca = {
  readonly metrics: number
  readonly means: Float64Array
  /** 1 by the standard deviation of each metric; 0 for one that never changed, which therefore never matters. */
  readonly scales: Float64Array
  readonly components: number
  /** Row by row, in units of standard deviations. */
  readonly vectors: Float64Array
  /** The variance along each component. */
  readonly variances: Float64Array
  /** 1 by the variance of what each metric keeps to itself; 0 where that is nothing. */
  readonly weights: Float64Array
}

/** So much of the variance the components explain together. */
const EXPLAINED = 0.9
/** Less of a metric's variance than this is rounding. */
const ROUNDING = 1e-9

export function fitPca({ count, means, products }: Moments): Pca {
  const metrics = means.length
  const scales = means.map((_, i) => {
    const variance = (products[i * metrics + i] ?? 0) / count
    return variance > ROUNDING * (1e-6 + (means[i] ?? 0) ** 2) ? 1 / Math.sqrt(variance) : 0
  })
  const correlations = products.map(
    (product, at) => (product / count) * (scales[Math.floor(at / metrics)] ?? 0) * (scales[at % metrics] ?? 0),
  )
  const { values, vectors } = eigenOf(correlations, metrics)
  const components = enough(values)
  const weights = scales.map((scale, i) => {
    let own = scale > 0 ? 1 : 0
    for (let k = 0; k < components; k++) own -= (values[k] ?? 0) * (vectors[k * metrics + i] ?? 0) ** 2
    return own > ROUNDING ? 1 / own : 0
  })
  return {
    metrics,
    means: means.slice(),
    scales,
    components,
    vectors: vectors.slice(0, components * metrics),
    variances: values.slice(0, components),
    weights,
  }
}

/** How many of the largest explain enough. */
function enough(values: Float64Array): number {
  const total = values.reduce((sum, value) => sum + value, 0)
  let [sum, count] = [0, 0]
  while (count < values.length && sum < EXPLAINED * total) sum += values[count++] ?? 0
  return count
}

/**
 * How far each metric of a row is from what the others say it should be, squared, 1 in the mean over what was learned
 * from (the Q statistic, standardised metric by metric). A value that is no number says nothing.
 */
export function apart({ metrics, means, scales, components, vectors, weights }: Pca, row: Float64Array): Float64Array {
  const rest = row.map((value, i) => (Number.isFinite(value) ? (value - (means[i] ?? 0)) * (scales[i] ?? 0) : 0))
  const z = rest.slice()
  for (let k = 0; k < components; k++) {
    addScaled(rest, 0, -dot(vectors, k * metrics, z, 0, metrics), vectors, k * metrics, metrics)
  }
  for (let i = 0; i < metrics; i++) rest[i] = (rest[i] ?? 0) ** 2 * (weights[i] ?? 0)
  return rest
}

/** Hotelling's T²: how far the row is along what the metrics have in common, 1 for each component in the mean. */
export function along({ metrics, means, scales, components, vectors, variances }: Pca, row: Float64Array): number {
  const z = row.map((value, i) => (Number.isFinite(value) ? (value - (means[i] ?? 0)) * (scales[i] ?? 0) : 0))
  let sum = 0
  for (let k = 0; k < components; k++) sum += dot(vectors, k * metrics, z, 0, metrics) ** 2 / (variances[k] ?? 1)
  return sum
}
