import type { Entry } from '../domain/entry.ts'
import { durationText } from '../lib/duration.ts'
import { summaryOf } from './render-entry.ts'
import { table } from './text.ts'
import { timeText } from './units.ts'

/** The log of one run as a table: when, how long after its beginning, what. Entries are of that run, oldest first. */
export function runTable(entries: readonly Entry[]): string {
  const begin = entries[0]?.at.wallMs ?? 0
  const rows = entries.map((entry) => [
    timeText(entry.at.wallMs),
    `+${durationText(Math.max(0, entry.at.wallMs - begin))}`,
    entry.kind,
    summaryOf(entry),
  ])
  return table(['TIME', 'AFTER', 'EVENT', 'WHAT'], rows)
}
