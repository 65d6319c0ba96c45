import { UsageError } from '../domain/errors.ts'
import { parseDuration } from '../lib/duration.ts'

const RFC3339 = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i
/** Epoch seconds have so many digits until the year 2286; milliseconds have more. */
const SECONDS = /^\d{1,10}(?:\.\d+)?$/

/**
 * A moment as people type it, in epoch milliseconds: `2026-01-31T03:00:00Z`, `2026-01-31` (UTC), epoch seconds or
 * milliseconds, `now`, `-24h`. Throws {@link UsageError}.
 */
export function momentOf(text: string, option: string, now: number): number {
  const [, ago] = /^(?:now)?-(.+)$/.exec(text) ?? []
  const agoMs = ago === undefined ? undefined : parseDuration(ago)
  if (agoMs !== undefined) return now - agoMs
  if (text === 'now') return now
  if (SECONDS.test(text)) return Math.round(Number(text) * 1000)
  if (/^\d{11,14}$/.test(text)) return Number(text)
  const at = RFC3339.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new UsageError(
    `cannot read ${option} "${text}": expected a time such as 2026-01-31T03:00:00Z, epoch seconds, -24h or now`,
  )
}
