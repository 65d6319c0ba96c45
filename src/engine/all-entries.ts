import { setImmediate } from 'node:timers/promises'
import type { Entry } from '../domain/entry.ts'
import type { EntryQuery, RecordReader } from '../domain/ports.ts'

const PAGE = 1000

/** All entries that a query names, oldest first, read page by page; others get their turn between two pages. */
export async function allEntries(reader: RecordReader, query: EntryQuery): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for (;;) {
    await setImmediate()
    const page = await reader.entries({ ...query, walks: true, after: found.at(-1)?.seq ?? 0, limit: PAGE })
    found.push(...page)
    if (page.length < PAGE) return found
  }
}
