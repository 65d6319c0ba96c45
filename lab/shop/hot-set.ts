/**
 * What an api instance keeps in memory: the goods that everybody asks for. It is filled in bulk only, from one
 * consistent export; what a single query reads may be older than its neighbour, and is answered but not kept.
 */
export type HotSet = {
  readonly entries: ReadonlyMap<string, string>
  hits(): number
  misses(): number
  find(key: string): string | undefined
  /** Replaces all, or where keys are named, these. */
  fill(rows: readonly (readonly [string, string])[], keys?: ReadonlySet<string>): void
  /** The fault `flushed-cache`. */
  flush(): void
}

export function hotSet(): HotSet {
  const entries = new Map<string, string>()
  const counts = { hits: 0, misses: 0 }
  return {
    entries,
    hits: () => counts.hits,
    misses: () => counts.misses,
    find: (key) => {
      const found = entries.get(key)
      if (found === undefined) counts.misses += 1
      else counts.hits += 1
      return found
    },
    fill: (rows, keys) => {
      for (const [key, value] of rows) if (keys?.has(key) ?? true) entries.set(key, value)
    },
    flush: () => entries.clear(),
  }
}
