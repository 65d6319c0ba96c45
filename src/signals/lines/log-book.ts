import type { ResourceRef } from '../../domain/resource.ts'
import type { Labels, LogLine, Sample } from '../../domain/signal.ts'

/** How much there was of a log. */
export type LogCounts = {
  readonly lines: number
  /** Of them, by level. */
  readonly error: number
  readonly fatal: number
  /** Bytes that were not read. */
  readonly skippedBytes?: number
}

/** More of a target's log, and events about it; the newest last. */
export type LogAddition = LogCounts & { readonly errors?: readonly LogLine[]; readonly events?: readonly LogLine[] }

/** What is known of the logs of targets: how much there was, counted up, and the newest few error lines and events. */
export type LogBook = {
  add(target: ResourceRef, more: LogAddition): void
  /** The error lines and the events of a target, together, the newest last. */
  errorsOf(target: ResourceRef): readonly LogLine[]
  /** `log_lines_total`, `log_errors_total{level}` and `log_skipped_bytes_total`; none of a target that is not known. */
  samplesOf(target: ResourceRef, at: number): readonly Sample[]
  forget(target: ResourceRef): void
}

export type LogBookLimits = {
  /** Error lines kept of a target, and as many events. */
  readonly perTarget?: number
  /** Of more targets than this, the one whose log was silent for longest is forgotten. */
  readonly targets?: number
  /** What tells the series of these logs from those of others. */
  readonly labels?: Labels
}

type Kept = Required<LogCounts> & { readonly errors: readonly LogLine[]; readonly events: readonly LogLine[] }

const NOTHING: Kept = { lines: 0, error: 0, fatal: 0, skippedBytes: 0, errors: [], events: [] }

/** A bounded book of logs, in memory. */
export function createLogBook({ perTarget = 5, targets = 10_000, labels = {} }: LogBookLimits = {}): LogBook {
  const known = new Map<ResourceRef, Kept>()
  // The same labels, the same object, round after round: the windows know them by it.
  const series = { all: labels, error: { ...labels, level: 'error' }, fatal: { ...labels, level: 'fatal' } }
  return {
    add: (target, { lines, error, fatal, skippedBytes = 0, errors = [], events = [] }) => {
      const was = known.get(target) ?? NOTHING
      known.delete(target)
      known.set(target, {
        lines: was.lines + lines,
        error: was.error + error,
        fatal: was.fatal + fatal,
        skippedBytes: was.skippedBytes + skippedBytes,
        errors: newest(perTarget, was.errors, errors),
        events: newest(perTarget, was.events, events),
      })
      const [silent] = known.size > targets ? known.keys() : []
      if (silent !== undefined) known.delete(silent)
    },
    errorsOf: (target) => {
      const { errors, events } = known.get(target) ?? NOTHING
      return events.length === 0 ? errors : [...errors, ...events].toSorted((a, b) => a.at - b.at)
    },
    samplesOf: (target, at) => {
      const kept = known.get(target)
      if (!kept) return []
      return [
        { metric: 'log_lines_total', labels: series.all, target, at, value: kept.lines },
        { metric: 'log_errors_total', labels: series.error, target, at, value: kept.error },
        { metric: 'log_errors_total', labels: series.fatal, target, at, value: kept.fatal },
        { metric: 'log_skipped_bytes_total', labels: series.all, target, at, value: kept.skippedBytes },
      ]
    },
    forget: (target) => void known.delete(target),
  }
}

/** The newest few, the same text once, the newest last. */
export function newest(most: number, kept: readonly LogLine[], more: readonly LogLine[]): readonly LogLine[] {
  if (more.length === 0) return kept
  const byText = new Map<string, LogLine>()
  for (const line of [...kept, ...more]) {
    byText.delete(line.text)
    byText.set(line.text, line)
  }
  return [...byText.values()].slice(-most)
}
