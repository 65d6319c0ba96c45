import type { ResourceRef } from './resource.ts'
import type { Labels } from './signal.ts'

/** What a series is, which says what is expected of it. */
export type SeriesKind = 'counter' | 'gauge' | 'ratio' | 'latency' | 'histogram'

/** A series by its name and labels; the labels do not repeat the name. */
export type SeriesName = { readonly metric: string; readonly labels: Labels }

/** A series as whoever sends it describes it. `kind` is absent where the sender does not say. */
export type SeriesAbout = SeriesName & { readonly kind?: SeriesKind }

/**
 * Reads what a series is called from the bytes that named it: asked once, when the series is new. Answers why, where the
 * bytes name none; such a series is refused for itself.
 */
export type Describe = (bytes: Uint8Array, start: number, end: number) => SeriesAbout | string

/**
 * Where a decoder puts what it reads, without a value made for any of it. Series have slots: small numbers, given out by
 * the sink, that stand for a series until it ends.
 */
export type SampleSink = {
  /**
   * The slot of the series that `bytes` from `start` until `end` name: the same bytes, the same series, of one source.
   * Negative where it is not taken in: `SHED`, the source has as many as it may; `REFUSED`, the bytes name none.
   */
  slotOf(bytes: Uint8Array, start: number, end: number, describe: Describe): number
  /** A sample of a series; `at` is epoch milliseconds. What is no number ends it: a stale marker. */
  push(slot: number, at: number, value: number): void
}

export const SHED = -1
export const REFUSED = -2

/** What became of the samples of one body. Reasons are kept of the first few only. */
export type Decoded = { readonly samples: number; readonly refused: number; readonly reasons: readonly string[] }

/**
 * What a statistical or learned detector holds to be out of the ordinary: evidence that stands beside a rule, an objective
 * or an alert, and alone is never a reason to do anything.
 */
export type Unusual = {
  /** The target that the series is of, as far as that is known. */
  readonly target?: ResourceRef
  readonly series: readonly SeriesName[]
  /** Which detector says so. */
  readonly detector: string
  /** Epoch milliseconds; `at` is when it was last seen to be so. */
  readonly since: number
  readonly at: number
  /** 0 as ever, 1 never seen so. */
  readonly score: number
  /** What was expected, what came: in words. */
  readonly text: string
  /** Each series' part in it, as `series` orders them; together 1. */
  readonly shares?: readonly number[]
}
