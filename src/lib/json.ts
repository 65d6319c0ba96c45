/** What survives a round trip through JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * One text for one value: keys sorted, `undefined` left out, no white space, so that equal values have equal digests.
 * Throws on what JSON cannot hold (NaN, functions, cycles are not looked for).
 */
export function canonical(value: unknown): string {
  return isCanonical(value) ? JSON.stringify(value) : written(value)
}

/** Whether the engine's own writer gives the canonical text: it is several times as fast, and keeps the order of keys. */
function isCanonical(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || 'toJSON' in value) return false
  if (Array.isArray(value)) return value.every(isCanonical)
  let before: string | undefined
  for (const key in value) {
    if (before !== undefined && key < before) return false
    if (!Object.hasOwn(value, key) || !isCanonical((value as Record<string, unknown>)[key])) return false
    before = key
  }
  return true
}

function written(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`cannot write ${value} as JSON: only finite numbers have a text`)
  }
  if (value === null || typeof value !== 'object') {
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined) throw new TypeError(`cannot write a ${typeof value} as JSON`)
    return text
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`)
  return `{${fields.join(',')}}`
}
