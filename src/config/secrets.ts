import type { Secret } from './secret.ts'

/** Long enough to be no word: the path of a URL that is a secret, or what follows the word Bearer. */
const LEAST_PART = 12

/** The values of every secret in a configuration, and those parts of them that errors tell by themselves. */
export function secretsIn(config: object): readonly string[] {
  const found = new Set<string>()
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (isSecret(value)) {
      const text = value.reveal()
      for (const one of [text, ...partsOf(text)]) found.add(one)
    } else for (const one of value instanceof Map ? value.values() : Object.values(value)) look(one)
  }
  look(config)
  return [...found].toSorted((a, b) => b.length - a.length)
}

/** The secrets of every configuration there was: what a reload took away may still stand in an answer that is late. */
export function secretsOfAll(config: () => object): () => readonly string[] {
  let last: object | undefined
  let all: readonly string[] = []
  return () => {
    const now = config()
    if (now !== last) [last, all] = [now, [...new Set([...secretsIn(now), ...all])]]
    return all
  }
}

function isSecret(value: object): value is Secret {
  return 'reveal' in value && typeof value.reveal === 'function'
}

function partsOf(text: string): string[] {
  const url = /^https?:/.test(text) ? URL.parse(text) : null
  const parts = url ? [url.pathname + url.search, url.password] : text.split(/\s+/).slice(1)
  return parts.filter((part) => part.length >= LEAST_PART)
}
