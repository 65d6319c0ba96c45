import type { SeriesKind } from '../../domain/series.ts'
import type { Json } from '../../lib/json.ts'

/** What is known of a series before its first sample. */
export type About = { readonly kind: SeriesKind; readonly intervalMs: number }

/** Scores one series, one sample after the other, in bounded work and memory. */
export type StreamDetector<State extends Json = Json> = {
  readonly name: string
  /** Samples before it says anything. */
  readonly warmUp: number
  /** Kinds of series it is a default for. */
  readonly for: readonly SeriesKind[]
  begin(about: About, saved?: State): Stream<State>
}

/** A detector at work on one series. */
export type Stream<State extends Json = Json> = {
  /**
   * How unusual the sample is: 0 as ever, 1 never seen so; NaN while it warms up, and for a value that is no number.
   * A gap is seen by its time.
   */
  next(atMs: number, value: number): number
  /** Why, in words, of the last sample: what was expected, what came. */
  explain(): string
  save(): State
}
