import { z } from 'zod'
import type { When } from '../domain/freeze-window.ts'
import { readSchedule } from '../domain/schedule.ts'
import { parseDuration } from '../lib/duration.ts'
import { judged, period, text } from './leaves.ts'
import type { Path } from './problems.ts'
import type { Scope } from './scope.ts'
import { checkZone } from './zone.ts'

/** Either `start` and `lasts`, perhaps with a `timeZone`, or `from` and `until` in epoch milliseconds. */
export type WindowTimes = {
  start?: string
  lasts?: number
  timeZone?: string
  from?: number
  until?: number
}

const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/

/** A time with its zone, as epoch milliseconds. */
const time: z.ZodType<number> = z.unknown().transform((value, context) => {
  const [whole = '', day = ''] = (typeof value === 'string' && TIME.exec(value)) || []
  const at = Date.parse(whole)
  // A day that its month does not have would be read as one of the next month.
  if (!Number.isNaN(at) && new Date(day).toISOString().startsWith(day)) return at
  context.addIssue({ code: 'custom', message: 'expected a time with its zone such as "2026-12-20T00:00+01:00"' })
  return z.NEVER
})

/** The keys of a section that say when a window is open. */
export const windowTimes: {
  readonly [Key in keyof WindowTimes]-?: z.ZodExactOptional<z.ZodType<NonNullable<WindowTimes[Key]>>>
} = {
  start: text('expected a cron pattern such as "0 18 * * 5"').exactOptional(),
  lasts: period.exactOptional(),
  timeZone: judged('expected a time zone such as "Europe/Berlin"', checkZone).exactOptional(),
  from: time.exactOptional(),
  until: time.exactOptional(),
}

/** When a window is open; undefined, beside a problem, where that cannot be read. */
export function whenOf(
  { start, lasts, timeZone, from, until }: WindowTimes,
  path: Path,
  { attempt, problems }: Scope,
): When | undefined {
  const given = Object.entries({ start, lasts, timeZone, from, until }).flatMap(([key, value]) =>
    value === undefined ? [] : [key],
  )
  if (start !== undefined && lasts !== undefined && from === undefined && until === undefined) {
    const every = attempt([...path, 'start'], () => readSchedule(start, timeZone ?? 'UTC', parseDuration))
    return every && { every, lastsMs: lasts }
  }
  if (from !== undefined && until !== undefined && given.length === 2) {
    if (until <= from) problems.push({ path: [...path, 'until'], message: 'must be later than from' })
    return { since: from, until }
  }
  const message = `needs start and lasts (in a zone), or from and until; it has ${given.join(', ') || 'none of them'}`
  problems.push({ path, message })
  return undefined
}
