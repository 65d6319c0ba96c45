import { setImmediate } from 'node:timers/promises'
import type { Entry, EntryKind } from '../../domain/entry.ts'
import { reasonOf } from '../../domain/incident-fold.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { Day } from '../../domain/view.ts'

const DAY_MS = 24 * 3_600_000
const PAGE = 200

type Deed = 'acted' | 'held' | 'denied' | 'healed' | 'endedAlone'

/** What was done and what was not, in the last day, kept up to date by what the record acknowledged. */
export type DayBook = {
  /** The record, telling the book. */
  readonly record: RecordPort
  /** Reads the day back when it is first asked; from then on it counts along. `now` is epoch milliseconds. */
  day(now: number): Promise<Pick<Day, Deed>>
}

export function keepDay(record: RecordPort): DayBook {
  /** When each deed was last told of, by what it is and whom it is about: told twice, it counts once. */
  const deeds = new Map<string, number>()
  let read: Promise<void> | undefined
  const note = (entry: Pick<Entry, 'body' | 'incident' | 'run'>, at: number): void => {
    const deed = deedOf(entry)
    if (deed !== undefined) deeds.set(deed, Math.max(at, deeds.get(deed) ?? 0))
  }
  return {
    record: {
      ...record,
      commit: async (commit) => {
        const seq = await record.commit(commit)
        if (read) for (const entry of commit.entries) note(entry, commit.at.wallMs)
        return seq
      },
    },
    day: async (now) => {
      read ??= readBack(record, now - DAY_MS, note).catch((thrown: unknown) => {
        read = undefined
        throw thrown
      })
      await read
      for (const [deed, at] of deeds) if (at < now - DAY_MS) deeds.delete(deed)
      return counted(deeds.keys())
    },
  }
}

function counted(deeds: Iterable<string>): Pick<Day, Deed> {
  const counts: Record<Deed, number> = { acted: 0, held: 0, denied: 0, healed: 0, endedAlone: 0 }
  for (const deed of deeds) counts[deed.slice(0, deed.indexOf(' ')) as Deed] += 1
  return counts
}

const KINDS: readonly EntryKind[] = ['not-run', 'incident-closed', 'run-ended']

/** Reads what was told since a moment, newest first and page by page; others get their turn between two pages. */
async function readBack(record: RecordPort, since: number, note: (entry: Entry, at: number) => void): Promise<void> {
  for (const { run } of await record.openRuns()) {
    for (const entry of await record.entries({ run, kinds: ['step-started'] })) note(entry, entry.at.wallMs)
  }
  // One kind after the other: so each page is found by an index, and nothing has to be sorted.
  for (const kind of KINDS) {
    for (let before: number | undefined; ;) {
      await setImmediate()
      const about = before === undefined ? {} : { before }
      const page = await record.entries({ kinds: [kind], newestFirst: true, limit: PAGE, ...about })
      const recent = page.filter(({ at }) => at.wallMs >= since)
      for (const entry of recent) note(entry, entry.at.wallMs)
      before = page.at(-1)?.seq
      if (recent.length < PAGE) break
    }
  }
}

/** What an entry tells of, as `what whom`; undefined where it tells of no deed. An abandoned run never had an effect. */
function deedOf({ body, incident = '', run = '' }: Pick<Entry, 'body' | 'incident' | 'run'>): string | undefined {
  switch (body?.kind) {
    case 'step-started':
      return body.effect ? `acted ${run}` : undefined
    case 'run-ended':
      return body.outcome === 'abandoned' ? undefined : `acted ${run}`
    case 'not-run':
      return `${body.verdict.answer === 'deny' ? 'denied' : 'held'} ${incident} ${reasonOf(body)}`
    case 'incident-closed':
      if (body.endedBy === 'unknown') return undefined
      return `${body.endedBy === 'kintsugi' ? 'healed' : 'endedAlone'} ${incident}`
    default:
      return undefined
  }
}
