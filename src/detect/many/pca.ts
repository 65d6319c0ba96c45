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
  /** 1 by the variance of what each metric keeps to itself; 0 where that is nothing. */
  readonly weights: Float64Array
}

/** So much of the variance the components explain together. */
export const EXPLAINED = 0.9
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
 * from (the Q statistic, standardised metric by metric). A value that is no number is taken to be as the others say.
 */
export function apart(pca: Pca, row: Float64Array): Float64Array {
  const { means, scales, weights } = pca
  const z = row.map((value, i) => (Number.isFinite(value) ? (value - (means[i] ?? 0)) * (scales[i] ?? 0) : 0))
  let rest = beside(pca, z)
  if (!row.every(Number.isFinite)) {
    for (let guess = 0; guess < GUESSES; guess++) {
      for (let i = 0; i < z.length; i++) if (!Number.isFinite(row[i])) z[i] = (z[i] ?? 0) - (rest[i] ?? 0)
      rest = beside(pca, z)
    }
  }
  return rest.map((value, i) => (Number.isFinite(row[i]) ? value ** 2 * (weights[i] ?? 0) : 0))
}

/** How often what is missing is guessed anew from what was guessed. */
const GUESSES = 10

/** What is left of a standardised row when all that the metrics have in common is taken away. */
function beside({ metrics, components, vectors }: Pca, z: Float64Array): Float64Array {
  const rest = z.slice()
  for (let k = 0; k < components; k++) {
    addScaled(rest, 0, -dot(vectors, k * metrics, z, 0, metrics), vectors, k * metrics, metrics)
  }
  return rest
}
