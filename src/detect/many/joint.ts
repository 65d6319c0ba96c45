import { toShares } from '../../lib/vectors.ts'
import { addRow, beginMoments, type Moments } from './moments.ts'
import type { MultiDetector, MultiScore } from './multi.ts'
import { apart, EXPLAINED, fitPca, type Pca } from './pca.ts'

/** Rows whose memory it keeps: a week of minutes. Older ones fade. */
const HORIZON_ROWS = 10_000
/** Rows between two fits. */
const REFIT_ROWS = 256
/** Rows before the first fit, beside ten for each metric. */
const WARM_UP_ROWS = 120
/** So many times as far as usual, in squares, is unusual: the score is 0.5 there, and nothing beyond is learned. */
const UNUSUAL = 20
/** The newest row weighs half, so that two strange rows say more than one. */
const NEWEST = 0.5

/** What was set, for a digest. */
export const JOINT_SETTINGS: Readonly<Record<string, number>> = {
  horizonRows: HORIZON_ROWS,
  refitRows: REFIT_ROWS,
  warmUpRows: WARM_UP_ROWS,
  unusual: UNUSUAL,
  newest: NEWEST,
  explained: EXPLAINED,
}

/** All it knows, as plain numbers. */
export type JointState = {
  readonly moments: { readonly count: number; readonly means: readonly number[]; readonly products: readonly number[] }
  readonly pca: { readonly [key in keyof Pca]: number | readonly number[] } | null
  readonly recent: readonly number[]
  readonly rows: number
  readonly strange: number
}

/**
 * What the metrics of one thing have in common, learned from them (principal components), and how far each strays from
 * it. Rows that stray far teach nothing, until they have come for as long as the memory is: then that is how things are.
 */
export function beginJoint(metrics: number, saved?: JointState): MultiDetector<JointState> {
  const moments = saved ? momentsFrom(saved.moments) : beginMoments(metrics)
  const recent = Float64Array.from(saved?.recent ?? new Float64Array(metrics))
  let pca = saved?.pca ? pcaFrom(saved.pca) : undefined
  let [rows, strange] = [saved?.rows ?? 0, saved?.strange ?? 0]
  const warmUp = WARM_UP_ROWS + 10 * metrics

  const learn = (row: Float64Array): void => {
    addRow(moments, row, HORIZON_ROWS)
    rows++
    if (rows >= warmUp && (!pca || rows % REFIT_ROWS === 0)) pca = fitPca(moments)
  }

  return {
    name: 'joint',
    learned: true,
    next(_atMs, row, known) {
      if (!pca) {
        learn(row)
        return { score: Number.NaN, shares: toShares(new Float64Array(metrics)) }
      }
      const distances = apart(pca, row)
      for (let i = 0; i < metrics; i++) recent[i] = mixed(recent[i] ?? 0, distances[i] ?? 0)
      const judged = scoreOf(pca, recent)
      strange = meanOf(pca, distances) > UNUSUAL ? strange + 1 : 0
      if (known === 'normal' || strange === 0 || strange > HORIZON_ROWS) learn(row)
      return judged
    },
    save: () => ({
      moments: { count: moments.count, means: [...moments.means], products: [...moments.products] },
      pca: pca ? saveable(pca) : null,
      recent: [...recent],
      rows,
      strange,
    }),
  }
}

const mixed = (before: number, now: number): number => before + NEWEST * (now - before)

function scoreOf(pca: Pca, distances: Float64Array): MultiScore {
  const distance = meanOf(pca, distances)
  return { score: distance / (distance + UNUSUAL), shares: toShares(distances.slice()) }
}

/** Over the metrics that have something of their own. */
function meanOf({ weights }: Pca, distances: Float64Array): number {
  const heard = weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0)
  return distances.reduce((sum, distance) => sum + distance, 0) / Math.max(1, heard)
}

function momentsFrom({ count, means, products }: JointState['moments']): Moments {
  return { count, means: Float64Array.from(means), products: Float64Array.from(products) }
}

function saveable(pca: Pca): { readonly [key in keyof Pca]: number | readonly number[] } {
  const { metrics, components, means, scales, vectors, weights } = pca
  return {
    metrics,
    components,
    means: [...means],
    scales: [...scales],
    vectors: [...vectors],
    weights: [...weights],
  }
}

function pcaFrom(saved: NonNullable<JointState['pca']>): Pca {
  const numbers = (of: number | readonly number[]): Float64Array =>
    Float64Array.from(typeof of === 'number' ? [of] : of)
  const { metrics, components, means, scales, vectors, weights } = saved
  return {
    metrics: Number(metrics),
    components: Number(components),
    means: numbers(means),
    scales: numbers(scales),
    vectors: numbers(vectors),
    weights: numbers(weights),
  }
}
