import { z } from 'zod'
import type { FreezeWindow } from '../domain/freeze-window.ts'
import type { Policy } from '../domain/policy.ts'
import { readSchedule } from '../domain/schedule.ts'
import { parseDuration } from '../lib/duration.ts'
import { judged, list, name, period, section, some, text } from './leaves.ts'
import { suggestion, type Path } from './problems.ts'
import { targetOf, unique, type Scope } from './scope.ts'
import { checkZone } from './zone.ts'

/** Either `start` and `lasts`, perhaps with a `timeZone`, or `from` and `until` in epoch milliseconds. */
export type FreezeSection = {
  name: string
  reason: string
  start?: string
  lasts?: number
  timeZone?: string
  from?: number
  until?: number
  targets?: string[]
  allow?: string[]
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

export const freeze: z.ZodType<FreezeSection> = section({
  name,
  reason: text('expected the reason, as people shall read it'),
  start: text('expected a cron pattern such as "0 18 * * 5"').exactOptional(),
  lasts: period.exactOptional(),
  timeZone: judged('expected a time zone such as "Europe/Berlin"', checkZone).exactOptional(),
  from: time.exactOptional(),
  until: time.exactOptional(),
  targets: some(text('expected a target or a pattern')).exactOptional(),
  allow: list(name).exactOptional(),
})

/** The freeze windows of the file; `policies` are all there are, of the calendar too. */
export function freezeWindowsOf(
  sections: readonly FreezeSection[],
  policies: readonly Policy[],
  scope: Scope,
): FreezeWindow[] {
  unique(['freeze'], sections, scope)
  const names = policies.map((policy) => policy.name)
  return sections.flatMap((window, i) => {
    const path = ['freeze', i]
    for (const [j, allowed] of (window.allow ?? []).entries()) {
      if (names.includes(allowed)) continue
      const message = `no policy is named "${allowed}"${suggestion(allowed, names)}`
      scope.problems.push({ path: [...path, 'allow', j], message })
    }
    const { name: called, reason, allow = [] } = window
    const targets = window.targets?.map((pattern, j) => targetOf(pattern, [...path, 'targets', j], scope))
    const when = whenOf(window, path, scope)
    return when ? [{ name: called, reason, when, ...(targets && { targets }), allow }] : []
  })
}

function whenOf(
  { start, lasts, timeZone, from, until }: FreezeSection,
  path: Path,
  { attempt, problems }: Scope,
): FreezeWindow['when'] | undefined {
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
