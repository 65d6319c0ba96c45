import type { SampleBatch } from '../../domain/batch.ts'
import { ewma } from './ewma.ts'
import { robust } from './robust.ts'
import type { BankRows } from './rows.ts'
import { TAIL_WARM_UP, weightOf } from './tail.ts'
import { zScore, type BankWindow } from './z-score.ts'

export type BankSettings = {
  readonly window: BankWindow
  /** Evidence from here on is loud. */
  readonly limit?: number
  /**
   * @param distance of the value from the first of its series
   * @param evidence the mean of the three on the scale of `streams/measure.ts`
   * @param seen how many values of the series came before
   */
  readonly onLoud: (slot: number, at: number, distance: number, evidence: number, seen: number) => void
}

/** As rare as can be told (one in 10,000 by its own past), by 15 deviations, for all three. */
export const LOUD = 4

/** What all three need before they speak, and what their tails need beyond. */
const WARM_UP = 30 + TAIL_WARM_UP
const ROOM = 512

/**
 * The three default detectors of every series at once, their state in typed arrays by slot. What is taken is what the
 * series bank hands out (`onBatch`); a series is forgotten with the first value of the next that has its slot.
 */
export function createBanks({ window, limit = LOUD, onLoud }: BankSettings): { take(batch: SampleBatch): void } {
  const rows: BankRows = []
  let [weights, a, b, c] = columns(ROOM)
  return {
    take: (batch) => {
      const { length, slots, ats, distances, seens } = batch
      if (length > weights.length) [weights, a, b, c] = columns(length)
      for (let k = 0; k < length; k++) weights[k] = weightOf(seens[k] ?? 0)
      zScore(rows, window, batch, weights, a)
      ewma(rows, batch, weights, b)
      robust(rows, batch, weights, c)
      for (let k = 0; k < length; k++) {
        const evidence = (a[k] ?? 0) + (b[k] ?? 0) + (c[k] ?? 0)
        const seen = seens[k] ?? 0
        if (!(evidence >= 3 * limit) || seen < WARM_UP) continue
        onLoud(slots[k] ?? 0, ats[k] ?? 0, distances[k] ?? 0, evidence / 3, seen)
      }
    },
  }
}

type Columns = readonly [Float64Array, Float64Array, Float64Array, Float64Array]

const columns = (length: number): Columns => [
  new Float64Array(length),
  new Float64Array(length),
  new Float64Array(length),
  new Float64Array(length),
]
