const MAX_REMEMBERED = 100_000

/** Keeps what a pure function of the key gave; a cache that is full is emptied, and fills again with what is still asked for. */
export function remember<K, T>(cache: Map<K, T>, key: K, value: T): void {
  if (cache.size >= MAX_REMEMBERED) cache.clear()
  cache.set(key, value)
}
