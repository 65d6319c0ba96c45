import { z } from 'zod'
import { parseCondition } from '../domain/condition/parse.ts'
import { messageOf } from '../domain/errors.ts'
import { parseDuration } from '../lib/duration.ts'

// The small parts of what a policy may set for a remedy. Each takes its own output again.

/** A text such as `latency_ms > 100`. */
export const condition: z.ZodType<string> = z.string().superRefine((text, context) => {
  try {
    parseCondition(text)
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: messageOf(thrown) })
  }
})

/** How long the target holds an effect up, in milliseconds, from texts such as `10m`. */
export const hold: z.ZodType<number> = z
  .union([
    z.number(),
    z.string().transform((text, context) => {
      const ms = parseDuration(text)
      if (ms !== undefined) return ms
      context.addIssue({ code: 'custom', message: 'expected a duration such as "10m"' })
      return z.NEVER
    }),
  ])
  .pipe(z.int().min(1000).max(3_600_000))

/** Long enough to mend what is behind it, short enough to be forgotten. */
export const DEFAULT_HOLD_MS = 600_000
