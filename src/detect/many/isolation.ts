import { randomFrom } from '../../lib/random.ts'
import { toShares } from '../../lib/vectors.ts'
import { FOREST, forestScore, forestShares, growForest, type Forest } from './forest.ts'
import type { MultiDetector, MultiScore } from './multi.ts'

/** Rows that are remembered, from which forests are grown. */
const REMEMBERED_ROWS = 2048
/** Rows between two forests. */
const REGROW_ROWS = 1024
/** From here on a row is a potential anomaly, says the paper. */
const ANOMALOUS = 0.6

/** The rows it remembers, oldest first, and how many there ever were; the forest grows again from them. */
export type IsolationState = {
  readonly rows: readonly number[]
  readonly seen: number
  readonly grownFrom: readonly number[]
}

/**
 * An isolation forest over the recent past, grown anew on a schedule. Untrained until the paper's sample of 256 rows was
 * seen. Rows that hold a value that is no number are not judged.
 */
export function beginIsolation(metrics: number, saved?: IsolationState): MultiDetector<IsolationState> {
  const ring = new Float64Array(REMEMBERED_ROWS * metrics)
  let seen = 0
  let grownFrom: Float64Array = Float64Array.from(saved?.grownFrom ?? [])
  let forest: Forest | undefined
  const grow = (version: number): void => {
    forest = growForest(grownFrom, metrics, randomFrom(version))
  }
  const remembered = (): Float64Array => {
    const from = Math.max(0, seen - REMEMBERED_ROWS)
    const rows = new Float64Array((seen - from) * metrics)
    for (let i = from; i < seen; i++) {
      const at = (i % REMEMBERED_ROWS) * metrics
      rows.set(ring.subarray(at, at + metrics), (i - from) * metrics)
    }
    return rows
  }
  const put = (row: Float64Array | readonly number[]): void => ring.set(row, (seen++ % REMEMBERED_ROWS) * metrics)

  if (saved) {
    seen = saved.seen - saved.rows.length / metrics
    for (let at = 0; at < saved.rows.length; at += metrics) put(saved.rows.slice(at, at + metrics))
    if (grownFrom.length > 0) grow(versionAt(seen))
  }
  return {
    name: 'isolation',
    learned: true,
    next(_atMs, row) {
      if (!row.every(Number.isFinite)) return noOpinion(metrics)
      const judged = forest ? judgedBy(forest, row) : noOpinion(metrics)
      put(row)
      if (seen === FOREST.sample || seen % REGROW_ROWS === 0) {
        grownFrom = remembered()
        grow(versionAt(seen))
      }
      return judged
    },
    save: () => ({ rows: [...remembered()], seen, grownFrom: [...grownFrom] }),
  }
}

/** Whose share it is is asked only of rows that the paper would call anomalous: it costs as much again. */
function judgedBy(forest: Forest, row: Float64Array): MultiScore {
  const score = forestScore(forest, row)
  return { score, shares: score >= ANOMALOUS ? forestShares(forest, row) : toShares(new Float64Array(row.length)) }
}

/** How many forests there were by then; each has its own randomness, the same every time. */
const versionAt = (seen: number): number => Math.floor(seen / REGROW_ROWS)

const noOpinion = (metrics: number): MultiScore => ({
  score: Number.NaN,
  shares: toShares(new Float64Array(metrics)),
})
