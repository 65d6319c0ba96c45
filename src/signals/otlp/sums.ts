/*
 * What is remembered of a series between two bodies, by its slot. A slot that is given to another series begins where
 * the one before it ended: for a counter, only what is added counts.
 */

/** Sums up what is sent as differences. */
export type DeltaSums = {
  /**
   * The sum with this difference; NaN where it is not newer than the last (a body that was sent again counts once), is
   * no finite number, or there is no room for the slot.
   */
  add(slot: number, at: number, difference: number): number
}

const FIRST_SLOTS = 1024

/** @param maxSlots slots from here on have no room: 16 bytes for each */
export function deltaSums(maxSlots: number): DeltaSums {
  let sums = new Float64Array(0)
  let times = new Float64Array(0)
  return {
    add: (slot, at, difference) => {
      if (slot >= maxSlots || !Number.isFinite(difference)) return Number.NaN
      if (slot >= sums.length) {
        sums = grown(sums, slot, maxSlots)
        times = grown(times, slot, maxSlots)
      }
      if (at <= (times[slot] as number)) return Number.NaN
      times[slot] = at
      return (sums[slot] = (sums[slot] as number) + difference)
    },
  }
}

function grown(array: Float64Array<ArrayBuffer>, slot: number, most: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.min(most, Math.max(FIRST_SLOTS, 2 * slot + 1)))
  larger.set(array)
  return larger
}
