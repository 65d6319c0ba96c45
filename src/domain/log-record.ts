import type { Labels } from './signal.ts'

/** How bad a log line says that it is; `unknown` where it does not say. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal', 'unknown'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** A log line as somebody sent it. `at` is epoch milliseconds: its own time, else when it came in. */
export type LogRecord = {
  readonly at: number
  /** As it came, of any length that its protocol allows: not made plain yet. */
  readonly text: string
  readonly level: LogLevel
  /** What it is of. Lines of one stream share one object. */
  readonly labels: Labels
}

/** Something that happened, as somebody told it. `at` is epoch milliseconds. */
export type SeenEvent = {
  readonly at: number
  readonly type: string
  readonly source: string
  readonly subject?: string
  /** What its data says, in one line of plain text. */
  readonly text: string
  /** What it is of: its attributes, and the texts of its data as `data_NAME`. */
  readonly labels: Labels
}

/** What became of the lines or events of one body. Reasons are kept of the first few only. */
export type DecodedLines<One> = {
  readonly records: readonly One[]
  readonly refused: number
  readonly reasons: readonly string[]
}
