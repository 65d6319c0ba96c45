import type { Mode } from '../domain/entry.ts'
import { readSchedule, type Schedule } from '../domain/schedule.ts'
import { parseDuration } from '../lib/duration.ts'
import { judged, section, text } from './leaves.ts'
import type { Scope } from './scope.ts'
import { checkZone } from './zone.ts'
import type { z } from 'zod'

/** When the report of the day is made. */
export type ReportSection = { at: string; timeZone?: string }

const TIME = 'expected a time of the day such as "08:00"'

export const report: z.ZodType<ReportSection> = section({
  at: text(TIME).refine((at) => /^([01]?\d|2[0-3]):[0-5]\d$/.test(at), { error: TIME }),
  timeZone: judged('expected a time zone such as "Europe/Berlin"', checkZone).exactOptional(),
})

/** When the report is made: as the file says, else at eight in the morning (UTC) while in shadow, and never in live. */
export function reportAt(asked: ReportSection | undefined, mode: Mode, scope: Scope): Schedule['every'] | undefined {
  if (!asked && mode === 'live') return undefined
  const { at, timeZone = 'UTC' } = asked ?? { at: '08:00' }
  return scope.attempt(['report', 'at'], () => readSchedule(`daily ${at}`, timeZone, parseDuration))
}
