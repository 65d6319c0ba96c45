/**
 * What the detectors know of a series, in one row: two lines of the cache, both on one page. Chunks of rows by slot, as of
 * `lib/chunks.ts`.
 */
export type BankRows = Float64Array[]

export const ROW_WIDTH = 16
/** Where each begins. */
export const Z_SCORE_AT = 0
export const EWMA_AT = 5
export const ROBUST_AT = 9
