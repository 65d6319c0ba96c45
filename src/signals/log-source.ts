import { BlindError } from '../domain/errors.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { LogLine, Observation, Sample } from '../domain/signal.ts'
import { keepErrors, readLine, type Level } from './log-lines.ts'
import { readNew, type Tail } from './log-tail.ts'
import type { Source } from './sources.ts'

export type LogSourceConfig = { readonly name: string; readonly intervalMs: number }

/** A target and the file of its log. */
export type LogPlace = { readonly ref: ResourceRef; readonly file: string }

type Kept = {
  tail: Tail
  readonly counts: Record<'lines' | 'skippedBytes' | 'error' | 'fatal', number>
  errors: readonly LogLine[]
}

/**
 * Follows the logs of targets. Samples, counted since this process began to follow: `log_lines_total`,
 * `log_errors_total{level}` for error and fatal, and `log_skipped_bytes_total`. A log that cannot be read is blindness.
 * Beside it, the newest few error lines of a target, as text for people.
 */
export function logSource(
  { name, intervalMs }: LogSourceConfig,
  places: () => readonly LogPlace[],
): { readonly source: Source; errorsOf(target: ResourceRef): readonly LogLine[] } {
  const known = new Map<ResourceRef, Kept>()
  const look = async ({ ref, file }: LogPlace, now: number): Promise<Observation> => {
    const was = known.get(ref)
    const { lines, skippedBytes, tail } = await readNew(file, was?.tail).catch((cause: unknown) => {
      throw new BlindError(`cannot read the log of ${ref}`, { cause })
    })
    const kept = was ?? { tail, counts: { lines: 0, skippedBytes: 0, error: 0, fatal: 0 }, errors: [] }
    const read = lines.filter((line) => line !== '').map(readLine)
    kept.tail = tail
    kept.counts.lines += read.length
    kept.counts.skippedBytes += skippedBytes
    for (const { level } of read) if (isError(level)) kept.counts[level] += 1
    const errors = read.filter(({ level }) => isError(level)).map(({ text }): LogLine => ({ at: now, text }))
    kept.errors = keepErrors(kept.errors, errors)
    known.set(ref, kept)
    return { source: name, intervalMs, samples: samplesOf(ref, kept, now) }
  }
  return {
    source: {
      name,
      intervalMs,
      round: () => {
        const now = places()
        const refs = new Set(now.map(({ ref }) => ref))
        for (const ref of known.keys()) if (!refs.has(ref)) known.delete(ref)
        return now.map((place) => ({ key: place.ref, look: async (at) => look(place, at) }))
      },
    },
    errorsOf: (target) => known.get(target)?.errors ?? [],
  }
}

function isError(level: Level): level is 'error' | 'fatal' {
  return level === 'error' || level === 'fatal'
}

// The same labels, the same object, round after round: the windows know them by it.
const NONE = {}
const LABELS = { error: { level: 'error' }, fatal: { level: 'fatal' } }

function samplesOf(target: ResourceRef, { counts }: Kept, at: number): Sample[] {
  const sample = (metric: string, value: number, labels: Sample['labels'] = NONE): Sample => ({
    metric,
    labels,
    target,
    at,
    value,
  })
  return [
    sample('log_lines_total', counts.lines),
    sample('log_errors_total', counts.error, LABELS.error),
    sample('log_errors_total', counts.fatal, LABELS.fatal),
    sample('log_skipped_bytes_total', counts.skippedBytes),
  ]
}
