/** What survives a round trip through JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * One text for one value: keys sorted, `undefined` left out, no white space, so that equal values have equal digests.
 * Throws on what JSON cannot hold (NaN, functions, cycles are not looked for).
 */
export function canonical(value: unknown): string {
  const sorted = value === undefined ? refused(value) : inOrder(value)
  return sorted === UNSORTABLE ? written(value) : JSON.stringify(sorted)
}

/** Stands for what no object can keep in order: keys that are numbers come first in it, by size, and `__proto__` is none. */
const UNSORTABLE = Symbol('unsortable')

/** The same value for the engine's own writer, which is several times as fast as any other and keeps the order of keys. */
function inOrder(value: unknown): unknown {
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? listInOrder(value) : fieldsInOrder(value)
  if (typeof value === 'function' || typeof value === 'symbol') return refused(value)
  return typeof value === 'number' && !Number.isFinite(value) ? refused(value) : value
}

function listInOrder(list: readonly unknown[]): unknown {
  let copy: unknown[] | undefined
  for (const [i, one] of list.entries()) {
    const sorted = inOrder(one)
    if (sorted === UNSORTABLE) return UNSORTABLE
    if (sorted !== one) copy ??= list.slice(0, i)
    copy?.push(sorted)
  }
  return copy ?? list
}

function fieldsInOrder(fields: object): unknown {
  const keys = Object.keys(fields)
  const areSorted = keys.every((key, i) => i === 0 || key > (keys[i - 1] ?? ''))
  if (Object.hasOwn(fields, '__proto__') || (!areSorted && keys.sort().some(isNumber))) return UNSORTABLE
  let isSame = areSorted && !('toJSON' in fields)
  const copy: Record<string, unknown> = {}
  for (const key of keys) {
    const one = (fields as Record<string, unknown>)[key]
    const sorted = inOrder(one)
    if (sorted === UNSORTABLE) return UNSORTABLE
    isSame &&= sorted === one
    copy[key] = sorted
  }
  return isSame ? fields : copy
}

const isNumber = (key: string): boolean => key < ':' && /^\d+$/.test(key)

function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return canonical(value)
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`)
  return `{${fields.join(',')}}`
}

function refused(value: unknown): never {
  if (typeof value === 'number') throw new TypeError(`cannot write ${value} as JSON: only finite numbers have a text`)
  throw new TypeError(`cannot write a ${typeof value} as JSON`)
}
