import type { DecodedLines, LogLevel, LogRecord } from '../../domain/log-record.ts'
import type { Labels } from '../../domain/signal.ts'
import { levelOf } from './level.ts'
import { readLine } from './read-line.ts'
import { noRefusals, refuse, type Refusals } from './refusals.ts'

/** What Loki itself takes of a line where nothing else is said. */
const LONGEST_LINE = 256 * 1024
const MOST_LINES = 100_000
const OLDEST_MS = Date.UTC(2000)
const MOST_AHEAD_MS = 600_000

/** The lines of one push, while it is read. `now` is epoch milliseconds. */
export type Push = Refusals & { readonly records: LogRecord[]; readonly now: number }

/** Whose lines they are, and how bad they are where they do not say so themselves. */
export type Stream = { readonly labels: Labels; readonly level: LogLevel }

export function pushAt(now: number): Push {
  return { ...noRefusals(), records: [], now }
}

/** The stream of these labels, or why there is none. */
export function streamOf(labels: Labels | string): Stream | string {
  if (typeof labels === 'string') return `a stream is refused: ${labels}`
  return { labels, level: levelOf(labels['detected_level'] ?? labels['level'] ?? labels['severity']) }
}

/** Whether a pair of a line's metadata says how bad the line is. */
export function namesLevel(name: string | undefined): boolean {
  return name === 'detected_level' || name === 'level'
}

/**
 * Takes one line in, or refuses it. Its own word on how bad it is counts before that of its metadata (`said`), and that
 * before its stream's.
 */
export function takeLine(push: Push, stream: Stream, at: number, line: string, said: LogLevel): void {
  const { now, records } = push
  if (records.length >= MOST_LINES) return refuse(push, 1, `more than ${MOST_LINES} lines came at once`)
  if (line.length > LONGEST_LINE) return refuse(push, 1, `a line is longer than ${LONGEST_LINE} characters`)
  if (!(at >= OLDEST_MS && at <= now + MOST_AHEAD_MS)) {
    return refuse(push, 1, 'the time of a line is before the year 2000, or more than ten minutes ahead')
  }
  const { level, text } = readLine(line)
  const asSent = said === 'unknown' ? stream.level : said
  // Nanoseconds of our days do not fit a number: the last of them are noise.
  records.push({ at: Math.round(at), text, level: level === 'unknown' ? asSent : level, labels: stream.labels })
}

export function decoded({ records, refused, reasons }: Push): DecodedLines<LogRecord> {
  return { records, refused, reasons }
}
