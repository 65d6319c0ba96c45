import type { Json } from '../../lib/json.ts'
import type { Severity } from '../../domain/finding.ts'

/** How unusual a row of metrics is: 0 as ever, 1 never seen so, NaN for no opinion yet; and each metric's part in it, together 1. */
export type MultiScore = { readonly score: number; readonly shares: Float64Array }

/** Scores many metrics of one thing together, row after row, in bounded work and memory. */
export type MultiDetector<State extends Json = Json> = {
  readonly name: string
  /** What is learned from data is evidence: something else must stand beside it before anything is done. */
  readonly learned: boolean
  /**
   * The values of all metrics at one time, always in the same order; NaN for one that is missing. A row of a past that is
   * known to be normal is learned from, however strange.
   */
  next(atMs: number, row: Float64Array, known?: 'normal'): MultiScore
  save(): State
}

/** What several calibrated scores, one for each metric, say together; NaN has no say. */
export type Together = { readonly mean: number; readonly max: number; readonly atOnce: number }

/** `limit` is the score from which a metric counts as anomalous. */
export function together(scores: Float64Array, limit: number): Together {
  const heard = scores.filter(Number.isFinite)
  return {
    mean: heard.reduce((sum, score) => sum + score, 0) / heard.length,
    max: heard.reduce((most, score) => Math.max(most, score), 0),
    atOnce: heard.filter((score) => score >= limit).length,
  }
}

const LEVELS: readonly Severity[] = ['info', 'warning', 'high', 'critical']

/** One level up when at least two metrics are anomalous at once: together they are seldom chance. */
export function raised(severity: Severity, atOnce: number): Severity {
  return (atOnce >= 2 ? LEVELS[LEVELS.indexOf(severity) + 1] : undefined) ?? severity
}
