const LONGEST = 40
/** With a zone: a time of day somewhere is no moment. */
const RFC_3339 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)$/
const NUMBER = /^\d{9,19}(?:\.\d+)?$/
const EARLIEST_MS = Date.UTC(2000, 0, 1)
const LATEST_MS = Date.UTC(2100, 0, 1)

/**
 * The moment that a line gives, in epoch milliseconds: RFC 3339, or a count of seconds, milliseconds, microseconds or
 * nanoseconds, told apart by their size. Undefined for anything else, and for what lies outside of this century.
 */
export function momentOf(given: unknown): number | undefined {
  const ms = typeof given === 'number' ? ofCount(given) : typeof given === 'string' ? ofText(given) : Number.NaN
  return ms >= EARLIEST_MS && ms < LATEST_MS ? Math.round(ms) : undefined
}

function ofText(text: string): number {
  if (text.length > LONGEST) return Number.NaN
  if (NUMBER.test(text)) return ofCount(Number(text))
  return RFC_3339.test(text) ? Date.parse(text.replace(' ', 'T').replace(',', '.')) : Number.NaN
}

function ofCount(count: number): number {
  if (count < 1e11) return count * 1000
  if (count < 1e14) return count
  return count < 1e17 ? count / 1000 : count / 1e6
}
