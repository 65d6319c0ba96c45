import type { Json } from './json.ts'

/**
 * A value as JSON that `fromPlain` makes the same value of again: maps, sets, and numbers that JSON has no word for
 * stand as objects with one key that begins with `$`. What is undefined is left out. Throws TypeError on what is no
 * value, such as a function.
 */
export function toPlain(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) }
  if (typeof value !== 'object') throw new TypeError(`cannot write down a ${typeof value}: it is no value`)
  if (Array.isArray(value)) return value.map((one) => (one === undefined ? null : toPlain(one)))
  if (value instanceof Map) return { $map: [...value].map(([key, one]) => [toPlain(key), toPlain(one)]) }
  if (value instanceof Set) return { $set: [...value].map(toPlain) }
  return plainFields(value)
}

function plainFields(value: object): Json {
  const keys = Object.keys(value)
  const fields = value as Readonly<Record<string, unknown>>
  // What others named so must not be taken for one of ours.
  if (keys.some((key) => key.startsWith('$') || key === '__proto__')) {
    const given = keys.filter((key) => fields[key] !== undefined)
    const pairs = given.map((key): [string, Json] => [key, toPlain(fields[key])])
    return given.some((key) => key.startsWith('$')) ? { $object: pairs } : Object.fromEntries(pairs)
  }
  const plain: Record<string, Json> = {}
  for (const key of keys) if (fields[key] !== undefined) plain[key] = toPlain(fields[key])
  return plain
}

/** The value that `toPlain` wrote down. Throws TypeError on what it never writes. */
export function fromPlain(plain: Json | undefined): unknown {
  if (plain === null || typeof plain !== 'object') return plain
  if (isList(plain)) return plain.map(fromPlain)
  const [first] = Object.keys(plain)
  if (first?.startsWith('$')) return special(first, plain[first])
  return Object.fromEntries(Object.entries(plain).map(([key, one]) => [key, fromPlain(one)]))
}

function special(word: string, of: Json | undefined): unknown {
  if (word === '$number') return Number(of)
  if (isList(of)) {
    if (word === '$set') return new Set(of.map(fromPlain))
    if (word === '$map') return new Map(of.map((pair) => pairOf(pair).map(fromPlain) as [unknown, unknown]))
    if (word === '$object') {
      return Object.fromEntries(of.map((pair) => pairOf(pair).map(fromPlain) as [string, unknown]))
    }
  }
  throw new TypeError(`cannot read '${word}': nothing is written down so`)
}

function pairOf(plain: Json): readonly [Json, Json] {
  if (isList(plain) && plain.length === 2) return plain as unknown as readonly [Json, Json]
  throw new TypeError('cannot read a map: an item of it is no pair')
}

const isList = (plain: Json | undefined): plain is readonly Json[] => Array.isArray(plain)
