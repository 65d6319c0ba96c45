import { parseDuration } from '../../../lib/duration.ts'
import { matches } from './glob.ts'
import type { CleanRule } from './sections.ts'

/** A regular file on the disk, by its path from the disk's own. */
export type Found = { readonly path: string; readonly bytes: number; readonly changedAtMs: number }

/** The files that the rules name for removal. What any rule keeps as one of its newest, no other removes. */
export function removable(rules: readonly CleanRule[], found: readonly Found[], now: number): readonly Found[] {
  const kept = new Set<Found>()
  const named = new Set<Found>()
  for (const { glob, olderThan = '0s', keepNewest = 0 } of rules) {
    const newestFirst = found.filter(({ path }) => matches(glob, path)).toSorted(byAge)
    const before = now - (parseDuration(olderThan) ?? Infinity)
    for (const [index, file] of newestFirst.entries()) {
      if (index < keepNewest) kept.add(file)
      else if (file.changedAtMs <= before) named.add(file)
    }
  }
  return [...named].filter((file) => !kept.has(file))
}

const byAge = (a: Found, b: Found): number => b.changedAtMs - a.changedAtMs || (a.path < b.path ? -1 : 1)
