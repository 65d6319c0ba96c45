import { z } from 'zod'
import type { DetectionConfig } from './config.ts'
import { refuse, section } from './leaves.ts'

/** What detectors may say of what nobody has written a rule for. */
export type DetectionSection = { watch?: boolean; falseAlarms?: number }

const PER_DAY: Readonly<Record<string, number>> = { hour: 24, day: 1, week: 1 / 7, month: 1 / 30 }

/** So many a day, from texts such as `1 per day`, `2 per week`. */
const perDay: z.ZodType<number> = z.unknown().transform((value, context) => {
  const [, count, unit = ''] = (typeof value === 'string' && /^([1-9]\d{0,3}) per (\w+)$/.exec(value)) || []
  const each = Object.hasOwn(PER_DAY, unit) ? PER_DAY[unit] : undefined
  if (count !== undefined && each !== undefined) return Number(count) * each
  return refuse(context, 'expected how many, such as "1 per day" or "2 per week" (hour, day, week, month)')
})

export const detection: z.ZodType<DetectionSection> = section({
  watch: z.boolean({ error: 'expected true or false' }).exactOptional(),
  falseAlarms: perDay.exactOptional(),
})

/** Absent where nothing is watched. */
export function detectionOf({ watch = true, falseAlarms = 1 }: DetectionSection): DetectionConfig | undefined {
  return watch ? { falseAlarmsPerDay: falseAlarms } : undefined
}
