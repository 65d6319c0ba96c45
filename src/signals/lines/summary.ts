import type { LogRecord, SeenEvent } from '../../domain/log-record.ts'
import type { Labels, LogLine } from '../../domain/signal.ts'
import { isError } from './level.ts'
import { newest, type LogAddition } from './log-book.ts'
import { plain } from './plain.ts'

/** What came of one stream: small, whatever came, and made of plain values, so that it can go to another thread. */
export type LogSummary = LogAddition & { readonly labels: Labels }

type Counting = { labels: Labels; lines: number; error: number; fatal: number; errors: LogLine[] }

export type Summary = {
  note(record: LogRecord, now: number): void
  /** What was noted since the last time, by stream. */
  taken(): readonly LogSummary[]
}

const KEPT = 5
/** An agent that begins to read sends what is long past: that tells of no trouble now, and its errors are not counted. */
const PAST_MS = 600_000
const MOST_STREAMS = 10_000

/** Counts lines by stream: by the labels, the same object. Beyond the most streams at once, what is new is left out. */
export function createSummary(): Summary {
  let streams = new Map<Labels, Counting>()
  const streamOf = (labels: Labels): Counting | undefined => {
    const known = streams.get(labels)
    if (known || streams.size >= MOST_STREAMS) return known
    const made = { labels, lines: 0, error: 0, fatal: 0, errors: [] }
    streams.set(labels, made)
    return made
  }
  return {
    note: ({ at, text, level, labels }, now) => {
      const stream = streamOf(labels)
      if (!stream) return
      stream.lines += 1
      if (!isError(level) || at < now - PAST_MS) return
      stream[level] += 1
      stream.errors.push({ at: Math.min(at, now), text: plain(text) })
      if (stream.errors.length > 2 * KEPT) stream.errors = shortened(stream.errors)
    },
    taken: () => {
      const summaries = [...streams.values()].map((one) => ({ ...one, errors: shortened(one.errors) }))
      streams = new Map()
      return summaries
    },
  }
}

/** The lines of one body, counted. */
export function summaryOf(records: readonly LogRecord[], now: number): readonly LogSummary[] {
  const summary = createSummary()
  for (const record of records) summary.note(record, now)
  return summary.taken()
}

/** An event as it is kept of a target. */
export function lineOf({ at, type, source, text }: SeenEvent, now: number): LogLine {
  const what = text === '' ? type : `${type}: ${text}`
  return { at: Math.min(at, now), text: plain(`${what} (${source})`), isEvent: true }
}

function shortened(lines: readonly LogLine[]): LogLine[] {
  return [...newest(KEPT, [], lines)]
}
