import type { SampleBatch } from '../../domain/batch.ts'
import { CHUNK_BITS, CHUNK_MASK, grown } from '../../lib/chunks.ts'
import { inSpreads } from '../streams/spread.ts'
import { ROBUST_AT, ROW_WIDTH, type BankRows } from './rows.ts'
import { beginTail, evidenceOf } from './tail.ts'

const [MIDDLE, USUAL, TAIL] = [0, 1, 2]
const WARM_UP = 20
/** The share of a distance by which the middle follows it; a distance beyond the usual one counts as that. */
const FOLLOW = 0.05
const SLOW = 0.01
/** One distance counts for so many usual ones at most. */
const CLIP = 5
/** A Gaussian's standard deviation by its mean distance from the middle. */
const DEVIATION = 1.2533

/**
 * Distance from the middle, by the usual such distance, neither of which an outlier moves far (Huber 1964): nearly what
 * `streams/median.ts` says, of two numbers instead of 240.
 *
 * @param weights see `weightOf`
 * @param evidence is written, on the scale of `streams/measure.ts`: NaN while it warms up
 */
export function robust(rows: BankRows, batch: SampleBatch, weights: Float64Array, evidence: Float64Array): void {
  const { length, slots, distances, seens } = batch
  for (let k = 0; k < length; k++) {
    const slot = slots[k] ?? 0
    const row = rows[slot >> CHUNK_BITS] ?? grown(rows, slot, ROW_WIDTH, Float64Array)
    const i = (slot & CHUNK_MASK) * ROW_WIDTH + ROBUST_AT
    const distance = distances[k] ?? 0
    const seen = seens[k] ?? 0
    if (seen === 0) begin(row, i, distance)
    const middle = row[i + MIDDLE] ?? 0
    const usual = row[i + USUAL] ?? 0
    const off = distance - middle
    const size = Math.abs(off)
    const share = seen < 1 / SLOW ? 1 / (seen + 1) : SLOW
    const isWarm = seen >= WARM_UP
    // `off` within -usual and usual, without a branch that nobody can foresee.
    const step = (Math.abs(off + usual) - Math.abs(off - usual)) / 2
    row[i + MIDDLE] = middle + (isWarm ? FOLLOW * step : share * off)
    const most = CLIP * usual
    row[i + USUAL] = usual + share * ((isWarm && usual > 0 && size > most ? most : size) - usual)
    evidence[k] = isWarm ? evidenceOf(row, i + TAIL, inSpreads(size, DEVIATION * usual), weights[k] ?? 0) : Number.NaN
  }
}

function begin(row: Float64Array, i: number, distance: number): void {
  row[i + MIDDLE] = distance
  row[i + USUAL] = 0
  beginTail(row, i + TAIL)
}
