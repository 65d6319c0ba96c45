import type { SampleBatch } from '../../domain/batch.ts'
import { CHUNK_BITS, CHUNK_MASK, grown } from '../../lib/chunks.ts'
import { inSpreads } from '../streams/spread.ts'
import { ROW_WIDTH, Z_SCORE_AT, type BankRows } from './rows.ts'
import { beginTail, evidenceOf } from './tail.ts'

/** `LEFT`: samples until the sums are made anew, which is after so many windows. */
const [SUM, SQUARES, LEFT, TAIL] = [0, 1, 2, 3]
const WARM_UP = 30
const RESUM_WINDOWS = 4
/** Below this share of the mean a distance from it is what rounding left of nothing. */
const ROUNDING = 1e-9
/** What goes out of the window by so many times what is left of it takes the digits of that with it. */
const DIGITS = 1e6

export type BankWindow = {
  readonly samples: number
  /** All distances that the window of a series holds, in no order. */
  ringOf(slot: number): Float32Array
}

/**
 * Distance from the mean of the window in its standard deviations, as `streams/z-score.ts` with as large a window.
 *
 * @param weights see `weightOf`
 * @param evidence is written, on the scale of `streams/measure.ts`: NaN while it warms up
 */
export function zScore(
  rows: BankRows,
  window: BankWindow,
  batch: SampleBatch,
  weights: Float64Array,
  evidence: Float64Array,
): void {
  const { samples } = window
  const whole = 1 / samples
  const { length, slots, distances, olds, seens } = batch
  let due = 0
  for (let k = 0; k < length; k++) {
    const slot = slots[k] ?? 0
    const row = rows[slot >> CHUNK_BITS] ?? grown(rows, slot, ROW_WIDTH, Float64Array)
    const i = (slot & CHUNK_MASK) * ROW_WIDTH + Z_SCORE_AT
    const seen = seens[k] ?? 0
    if (seen === 0) begin(row, i, samples)
    const distance = distances[k] ?? 0
    const old = olds[k] ?? 0
    const out = old === old ? old : 0
    const sum = row[i + SUM] ?? 0
    const squares = row[i + SQUARES] ?? 0
    const rest = squares + distance * distance - out * out
    row[i + SUM] = sum + distance - out
    row[i + SQUARES] = rest
    const left = out * out > DIGITS * rest ? 0 : (row[i + LEFT] ?? 0) - 1
    row[i + LEFT] = left
    if (left <= 0) due++
    const share = seen < samples ? 1 / seen : whole
    const mean = sum * share
    const variance = squares * share - mean * mean
    const least = ROUNDING * Math.abs(mean)
    const off = Math.abs(distance - mean)
    const spread = variance > least * least ? Math.sqrt(variance) : 0
    evidence[k] =
      seen < WARM_UP ? Number.NaN : evidenceOf(row, i + TAIL, inSpreads(off > least ? off : 0, spread), weights[k] ?? 0)
  }
  if (due > 0) for (let k = 0; k < length; k++) resumIfDue(rows, slots[k] ?? 0, window)
}

function begin(row: Float64Array, i: number, samples: number): void {
  row[i + SUM] = 0
  row[i + SQUARES] = 0
  row[i + LEFT] = RESUM_WINDOWS * samples
  beginTail(row, i + TAIL)
}

/** Sums anew, from time to time: errors of adding and taking away do not add up. Once the batch is through: the window holds all of it. */
function resumIfDue(rows: BankRows, slot: number, { ringOf, samples }: BankWindow): void {
  const row = rows[slot >> CHUNK_BITS]
  const i = (slot & CHUNK_MASK) * ROW_WIDTH + Z_SCORE_AT
  if (!row || (row[i + LEFT] ?? 0) > 0) return
  let [sum, squares] = [0, 0]
  for (const distance of ringOf(slot)) {
    sum += distance
    squares += distance * distance
  }
  row[i + SUM] = sum
  row[i + SQUARES] = squares
  row[i + LEFT] = RESUM_WINDOWS * samples
}
