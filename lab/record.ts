import type { Entry } from '../src/domain/entry.ts'
import { openReader } from '../src/store/reader.ts'

/** The record as it grows, read from its folder and not through its owner: it tells the truth of a dead owner, too. */
export type FollowedRecord = {
  /** Everything so far, oldest first. */
  entries(): Promise<readonly Entry[]>
  close(): void
}

const PAGE = 1000

export function followRecord(folder: string): FollowedRecord {
  const reader = openReader(folder)
  const known: Entry[] = []
  return {
    entries: async () => {
      for (;;) {
        const page = await reader.entries({ after: known.at(-1)?.seq ?? 0, limit: PAGE })
        known.push(...page)
        if (page.length < PAGE) return known
      }
    },
    close: () => reader.close(),
  }
}
