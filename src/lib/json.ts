/** What survives a round trip through JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * One text for one value: keys sorted, `undefined` left out, no white space, so that equal values have equal digests.
 * Throws on what JSON cannot hold (NaN, functions, cycles are not looked for).
 */
export function canonical(value: unknown): string {
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
