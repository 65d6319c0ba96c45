/*
 * An exponential histogram has bounds that depend on its scale, which the sender changes as values come. Series need
 * bounds that stay: powers of two, which every scale's buckets fall into whole.
 */

/** Bucket 0 of `counts` has index `offset`; there are `below` values at zero or below. */
export type Exponential = {
  readonly counts: Float64Array
  countsLength: number
  scale: number
  offset: number
  below: number
}

/** How many values there are up to 2^lowest, 2^(lowest + 1) and so on. */
export type Powers = { readonly lowest: number; readonly length: number; readonly counts: Float64Array }

export type BucketRanges = {
  /**
   * What a point comes to in powers of two, over all that the histogram of this slot ever had a value in: a bucket that
   * was there once is always there. Good until the next call.
   */
  powersOf(slot: number, point: Readonly<Exponential>): Powers
}

/** A billionth; what is below counts as that much. */
const LOWEST = -30
/** Some 10^15; what is above is below infinity only. */
const HIGHEST = 50
const EMPTY = 127

export function bucketRanges(maxSlots: number): BucketRanges {
  let lows = new Int8Array(0)
  let highs = new Int8Array(0)
  const counts = new Float64Array(HIGHEST - LOWEST + 1)
  const powers = { lowest: LOWEST, length: 0, counts }
  return {
    powersOf: (slot, point) => {
      if (slot >= lows.length && slot < maxSlots) {
        lows = grown(lows, slot)
        highs = grown(highs, slot)
      }
      const known = slot < lows.length && (lows[slot] as number) !== EMPTY
      let low = known ? (lows[slot] as number) : HIGHEST + 1
      let high = known ? (highs[slot] as number) : LOWEST - 1
      counts.fill(0)
      for (let i = 0; i < point.countsLength; i++) {
        const count = point.counts[i] as number
        if (count === 0) continue
        const power = powerAbove(point.offset + i, point.scale)
        if (power > HIGHEST) continue
        counts[power - LOWEST] = (counts[power - LOWEST] as number) + count
        low = Math.min(low, power)
        high = Math.max(high, power)
      }
      if (high < low) return { lowest: LOWEST, length: 0, counts }
      if (slot < lows.length) {
        lows[slot] = low
        highs[slot] = high
      }
      return sumUp(powers, low, high, point.below)
    },
  }
}

/** The power of two at or above the upper bound of a bucket, which is 2^((index + 1) / 2^scale). */
function powerAbove(index: number, scale: number): number {
  return Math.max(LOWEST, Math.ceil((index + 1) / 2 ** scale))
}

function sumUp(
  powers: { lowest: number; length: number; counts: Float64Array },
  low: number,
  high: number,
  below: number,
): Powers {
  const { counts } = powers
  let sum = below
  for (let power = low; power <= high; power++) {
    sum += counts[power - LOWEST] as number
    counts[power - low] = sum
  }
  powers.lowest = low
  powers.length = high - low + 1
  return powers
}

function grown(array: Int8Array<ArrayBuffer>, slot: number): Int8Array<ArrayBuffer> {
  const larger = new Int8Array(Math.max(1024, 2 * slot + 1)).fill(EMPTY)
  larger.set(array)
  return larger
}
