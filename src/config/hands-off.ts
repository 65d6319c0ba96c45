import { z } from 'zod'
import { HANDS_OFF, type HandsOff } from '../domain/hand.ts'
import { duration, section } from './leaves.ts'

export type HandsOffSection = {
  afterHumanChange?: number
  rolloutInProgress?: boolean
  silenced?: boolean
  acknowledged?: boolean
}

const DAY_MS = 24 * 3_600_000
const flag = z.boolean({ error: 'expected true or false' }).exactOptional()

/** Changes are told of for a day. */
export const handsOff: z.ZodType<HandsOffSection> = section({
  afterHumanChange: duration.refine((ms) => ms <= DAY_MS, { error: 'must not be longer than 24h' }).exactOptional(),
  rolloutInProgress: flag,
  silenced: flag,
  acknowledged: flag,
})

export function handsOffOf({ afterHumanChange, ...flags }: HandsOffSection = {}): HandsOff {
  return { ...HANDS_OFF, ...flags, ...(afterHumanChange !== undefined && { afterHumanChangeMs: afterHumanChange }) }
}
