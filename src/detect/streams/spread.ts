import type { SortedWindow } from './sorted-window.ts'

/** What no past has an example of: a constant that moved. Scale-free, and so large that nothing else is needed. */
const FIRST_EVER = 50
/** Deviations beyond this say nothing more. */
const MAX = 1e6

const IQR_OF_GAUSS = 1.349
const P90_OF_GAUSS = 3.29

/**
 * One standard deviation, as a Gaussian would have it, of what is usual in the window: by the middle half of the values,
 * but at least half of what their middle 90 % say and a 50th of the whole range, since the middle half of a series that
 * rests at one value most of the time has no width. 0 only for a constant.
 */
export function spreadOf(window: SortedWindow): number {
  const wide = (low: number, high: number): number => window.quantile(high) - window.quantile(low)
  return Math.max(wide(0.25, 0.75) / IQR_OF_GAUSS, wide(0.05, 0.95) / P90_OF_GAUSS / 2, wide(0, 1) / 50)
}

/** `distance` in units of `spread`. */
export function inSpreads(distance: number, spread: number): number {
  if (distance === 0) return 0
  return spread > 0 ? Math.min(Math.abs(distance) / spread, MAX) : FIRST_EVER
}
