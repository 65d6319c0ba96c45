import { sortedWindow } from './sorted-window.ts'

/** How rare a deviation is, by the history of the deviations themselves. */
export type Tail = {
  /** Log10 of the number of samples in which one such is expected; NaN while there are too few. Then takes it in. */
  next(deviation: number): number
  save(): number[]
}

const HISTORY = 4000
const ENOUGH = 20
/** The share of the history that is its tail, and the fewest that make one. */
const SHARE = 0.05
const FEWEST = 5
/** A tail is at least so long, by where it begins: equal deviations have no tail, and the next is not the rarest ever. */
const SHORTEST = 0.1
/** Log10: a history of thousands cannot tell of what happens once in more than ten thousand. */
const RAREST = 4

/**
 * Peaks over threshold (Siffer et al. 2017) with an exponential tail: what lies within the history is counted, what
 * lies beyond is extrapolated by the mean excess of the largest 5 %.
 */
export function tailOf(saved?: readonly number[]): Tail {
  const history = sortedWindow(HISTORY, saved)
  const rarity = (deviation: number): number => {
    const n = history.length
    const tail = Math.max(FEWEST, Math.floor(n * SHARE))
    const start = history.at(n - tail)
    if (deviation <= start) return Math.log10((n + 1) / (n - history.below(deviation) + 1))
    let excess = 0
    for (let i = n - tail; i < n; i++) excess += history.at(i) - start
    const scale = Math.max(excess / tail, SHORTEST * start, Number.MIN_VALUE)
    return Math.min(Math.log10((n + 1) / (tail + 1)) + (deviation - start) / scale / Math.LN10, RAREST)
  }
  return {
    next: (deviation) => {
      const rare = history.length < ENOUGH ? Number.NaN : rarity(deviation)
      history.push(deviation)
      return rare
    },
    save: () => history.save(),
  }
}
