/*
 * How rare a deviation is by the history of the deviations of its series, as `streams/tail.ts` says it, in two numbers
 * where that keeps 4000: where the largest 5 % begin, and how far they reach beyond that on average. Both follow by small
 * steps, of the size that is best where the tail is exponential (Robbins and Monro 1951).
 */

/** Deviations before a tail can be told. */
export const TAIL_WARM_UP = 20

const SHARE = 0.05
const UP = 1 / SHARE - 1
const FEWEST = 5
/** A tail is at least so long, by where it begins. */
const SHORTEST = 0.1
/** Log10, as of the streams. */
const RAREST = 4
/** Deviations that count: what lies further back is forgotten. */
const MEMORY = 1000
/** A Gaussian's tail, which is where it begins; how many deviations that is worth. */
const FIRST_START = 2
const FIRST_EXCESS = 0.4
const FIRST_WORTH = 20
const LEAST_WEIGHT = 1 / (MEMORY + FIRST_WORTH)
/** One counts for ten usual ones at most. */
const CLIP = 10
/** So many lengths of the tail into it is the rarest in a hundred. */
const NEWS = Math.log(SHARE / 0.01)

/** Takes two columns of a row, from `at` on. */
export function beginTail(row: Float64Array, at: number): void {
  row[at] = FIRST_START
  row[at + 1] = FIRST_EXCESS
}

/** What one deviation weighs, of which so many came before: the same for all tails of a series. */
export function weightOf(count: number): number {
  return count < MEMORY ? 1 / (count + FIRST_WORTH) : LEAST_WEIGHT
}

/**
 * Evidence, on the scale of `streams/measure.ts`, of a deviation that weighs so much; then takes it in. 0 for what is not
 * even the rarest in a hundred: the streams tell how rare it is then, but it is no news either way, and so nothing needs
 * to be reckoned for nearly every sample.
 */
export function evidenceOf(row: Float64Array, at: number, deviation: number, weight: number): number {
  const start = row[at] ?? 0
  const excess = row[at + 1] ?? 0
  const scale = excess > SHORTEST * start ? excess : SHORTEST * start
  const step = scale * weight
  if (deviation <= start) {
    row[at] = start > step ? start - step : 0
    return 0
  }
  const beyond = deviation - start
  const most = CLIP * scale
  row[at] = start + UP * step
  row[at + 1] = excess + ((beyond < most ? beyond : most) - excess) / (SHARE / weight + FEWEST)
  return beyond < NEWS * scale ? 0 : newsOf(deviation, beyond / scale, weight)
}

function newsOf(deviation: number, lengths: number, weight: number): number {
  const count = 1 / weight - FIRST_WORTH
  const rarity = Math.log10((count + 1) / (Math.max(FEWEST, SHARE * count) + 1)) + lengths / Math.LN10
  return (Math.min(rarity, RAREST) + Math.log2(1 + deviation)) / 2
}
