import { BlindError } from '../domain/errors.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { LogLine, Observation } from '../domain/signal.ts'
import { createLogBook } from './lines/log-book.ts'
import { readFileLine } from './lines/read-line.ts'
import { createSummary } from './lines/summary.ts'
import { readNew, type Tail } from './log-tail.ts'
import type { Source } from './sources.ts'

export type LogSourceConfig = { readonly name: string; readonly intervalMs: number }

/** A target and the file of its log. */
export type LogPlace = { readonly ref: ResourceRef; readonly file: string }

/**
 * Follows the logs of targets. Samples, counted since this process began to follow: `log_lines_total`,
 * `log_errors_total{level}` for error and fatal, and `log_skipped_bytes_total`. A log that cannot be read is blindness.
 * Beside it, the newest few error lines of a target, as text for people.
 */
export function logSource(
  { name, intervalMs }: LogSourceConfig,
  places: () => readonly LogPlace[],
): { readonly source: Source; errorsOf(target: ResourceRef): readonly LogLine[] } {
  const tails = new Map<ResourceRef, Tail>()
  // As many as there are places: none is forgotten while it is followed.
  const book = createLogBook({ targets: Number.POSITIVE_INFINITY })
  const look = async ({ ref, file }: LogPlace, now: number): Promise<Observation> => {
    const { lines, skippedBytes, tail } = await readNew(file, tails.get(ref)).catch((cause: unknown) => {
      throw new BlindError(`cannot read the log of ${ref}`, { cause })
    })
    tails.set(ref, tail)
    const summary = createSummary()
    for (const line of lines) {
      if (line !== '') summary.note({ ...readFileLine(line), labels: NONE, at: now }, now)
    }
    const [read = NOTHING] = summary.taken()
    book.add(ref, { ...read, skippedBytes })
    return { source: name, intervalMs, samples: book.samplesOf(ref, now) }
  }
  return {
    source: {
      name,
      intervalMs,
      round: () => {
        const now = places()
        const refs = new Set(now.map(({ ref }) => ref))
        for (const ref of tails.keys()) {
          if (refs.has(ref)) continue
          tails.delete(ref)
          book.forget(ref)
        }
        return now.map((place) => ({ key: place.ref, look: async (at) => look(place, at) }))
      },
    },
    errorsOf: (target) => book.errorsOf(target),
  }
}

const NONE = {}
const NOTHING = { lines: 0, error: 0, fatal: 0 }
