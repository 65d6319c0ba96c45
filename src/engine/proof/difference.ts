import { canonical, type Json } from '../../lib/json.ts'
import { excerpt } from '../../lib/excerpt.ts'

const MOST_NAMED = 5

/** What differs between what is stored and what was derived from it again, each by its path; empty where nothing does. */
export function differences(stored: unknown, derived: unknown): readonly string[] {
  const found = [...differing(plain(stored), plain(derived), '')]
  const more = found.length - MOST_NAMED
  return more > 0 ? [...found.slice(0, MOST_NAMED), `and ${more} more`] : found
}

const plain = (value: unknown): Json => JSON.parse(canonical(value ?? null)) as Json

function* differing(stored: Json, derived: Json, path: string): Generator<string> {
  if (canonical(stored) === canonical(derived)) return
  if (!isFields(stored) || !isFields(derived)) {
    yield `${path === '' ? 'it' : path} is stored as ${textOf(stored)}, and derived as ${textOf(derived)}`
    return
  }
  const keys = new Set([...Object.keys(stored), ...Object.keys(derived)])
  for (const key of keys) {
    yield* differing(stored[key] ?? null, derived[key] ?? null, path === '' ? key : `${path}.${key}`)
  }
}

/** Lists too, by their places. */
function isFields(value: Json): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null
}

const textOf = (value: Json): string => excerpt(typeof value === 'string' ? value : canonical(value))
