import type { SampleBatch } from '../../domain/batch.ts'
import { CHUNK_BITS, CHUNK_MASK, grown } from '../../lib/chunks.ts'
import { inSpreads } from '../streams/spread.ts'
import { EWMA_AT, ROW_WIDTH, type BankRows } from './rows.ts'
import { beginTail, evidenceOf } from './tail.ts'

const [MEAN, ERROR, TAIL] = [0, 1, 2]
/** As those of `streams/ewma.ts`. */
const FAST = 0.1
const SLOW = 0.01
const WARM_UP = 20
const CLIP = 10

/**
 * Distance from an exponentially weighted mean, by the usual such distance, as `streams/ewma.ts`.
 *
 * @param weights see `weightOf`
 * @param evidence is written, on the scale of `streams/measure.ts`: NaN while it warms up
 */
export function ewma(rows: BankRows, batch: SampleBatch, weights: Float64Array, evidence: Float64Array): void {
  const { length, slots, distances, seens } = batch
  for (let k = 0; k < length; k++) {
    const slot = slots[k] ?? 0
    const row = rows[slot >> CHUNK_BITS] ?? grown(rows, slot, ROW_WIDTH, Float64Array)
    const i = (slot & CHUNK_MASK) * ROW_WIDTH + EWMA_AT
    const distance = distances[k] ?? 0
    const seen = seens[k] ?? 0
    if (seen === 0) begin(row, i, distance)
    const mean = row[i + MEAN] ?? 0
    const error = row[i + ERROR] ?? 0
    const off = Math.abs(distance - mean)
    const most = CLIP * error
    const counted = seen >= WARM_UP && error > 0 && off > most ? most : off
    const share = seen < 1 / SLOW ? 1 / (seen + 1) : SLOW
    row[i + MEAN] = mean + FAST * (distance - mean)
    row[i + ERROR] = error + share * (counted - error)
    evidence[k] = seen < WARM_UP ? Number.NaN : evidenceOf(row, i + TAIL, inSpreads(off, error), weights[k] ?? 0)
  }
}

function begin(row: Float64Array, i: number, distance: number): void {
  row[i + MEAN] = distance
  row[i + ERROR] = 0
  beginTail(row, i + TAIL)
}
