/**
 * Values that have just gone into the windows of their series, in the order they came, as columns: what looks at every
 * sample walks a column at a time. The arrays are filled again and again: not to be kept.
 */
export type SampleBatch = {
  /** How many of each column count. */
  readonly length: number
  readonly slots: Int32Array
  /** Epoch milliseconds. */
  readonly ats: Float64Array
  /**
   * How far the value lies from the first of its series, as its window keeps it, in float32: so a small change of a large
   * number is not lost. Of a counter it is what it grew by, a second.
   */
  readonly distances: Float64Array
  /** The distance that it pushed out of the window; NaN: none, the window was not full. */
  readonly olds: Float64Array
  /** How many values came before it: 0 when a series begins, or begins again. */
  readonly seens: Float64Array
}
