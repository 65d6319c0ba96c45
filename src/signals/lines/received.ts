import type { LogRecord, SeenEvent } from '../../domain/log-record.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Labels, LogLine, Observation, Sample } from '../../domain/signal.ts'
import { createLogBook, type LogBookLimits } from './log-book.ts'
import { createSummary, lineOf, type LogSummary } from './summary.ts'

/** Which target lines and events are of, by their labels; undefined where none. */
export type Aimed = (labels: Labels) => ResourceRef | undefined

export type ReceivedConfig = Omit<LogBookLimits, 'labels'> & { readonly name: string; readonly intervalMs: number }

export type Received = {
  /** How many lines there were until now; undefined where there were none lately. To be asked every `intervalMs`. */
  observation(now: number): Observation | undefined
  /** One line; it counts from the next observation on. */
  take(record: LogRecord, now: number): void
  /** Lines that were summed up elsewhere. */
  takeSummaries(summaries: readonly LogSummary[], now: number): void
  takeEvents(events: readonly SeenEvent[], now: number): void
  /** The newest error lines and events of a target. */
  errorsOf(target: ResourceRef): readonly LogLine[]
  /** Lines and events, those among them that are of no known target included. */
  counts(): { readonly lines: number; readonly events: number; readonly withoutTarget: number }
}

/** What tells these series from those of the logs that are followed. */
const LABELS = { source: 'received' }
/** A log from which nothing at all came for so long is not seen any more: its sender may be dead. */
const SILENT_MS = 300_000

type Heard = { readonly lastAt: number; isTold: boolean }

/**
 * Keeps what was received of logs and events by target, and tells of it as `log_lines_total` and
 * `log_errors_total{level}`, `source="received"`. A target that is new begins with nothing, so that its first errors are
 * a change.
 */
export function receivedLines({ name, intervalMs, ...limits }: ReceivedConfig, aimed: Aimed): Received {
  const book = createLogBook({ ...limits, labels: LABELS })
  const pending = createSummary()
  const heard = new Map<ResourceRef, Heard>()
  const counts = { lines: 0, events: 0, withoutTarget: 0 }

  const takeSummaries = (summaries: readonly LogSummary[], now: number): void => {
    for (const summary of summaries) {
      const target = aimed(summary.labels)
      counts.lines += summary.lines
      if (target === undefined) counts.withoutTarget += summary.lines
      else {
        book.add(target, summary)
        heard.set(target, { lastAt: now, isTold: heard.get(target)?.isTold ?? false })
      }
    }
  }

  const samplesOf = (target: ResourceRef, one: Heard, now: number): readonly Sample[] => {
    const samples = book.samplesOf(target, now)
    const begun = one.isTold ? [] : samples.map((sample) => ({ ...sample, at: now - intervalMs, value: 0 }))
    one.isTold = true
    return [...begun, ...samples]
  }

  const observation = (now: number): Observation | undefined => {
    takeSummaries(pending.taken(), now)
    const samples = [...heard].flatMap(([target, one]) => {
      if (now - one.lastAt <= SILENT_MS) return samplesOf(target, one, now)
      heard.delete(target)
      book.forget(target)
      return []
    })
    return samples.length === 0 ? undefined : { source: name, intervalMs, samples }
  }

  return {
    observation,
    take: (record, now) => pending.note(record, now),
    takeSummaries,
    takeEvents: (events, now) => {
      for (const event of events) {
        const target = aimed(event.labels)
        counts.events += 1
        if (target === undefined) counts.withoutTarget += 1
        else book.add(target, { ...NOTHING, events: [lineOf(event, now)] })
      }
    },
    errorsOf: (target) => book.errorsOf(target),
    counts: () => ({ ...counts }),
  }
}

const NOTHING = { lines: 0, error: 0, fatal: 0 }
