import { z } from 'zod'
import { BlindError } from '../domain/errors.ts'
import type { Matcher } from '../domain/signal.ts'
import { excerpt } from '../lib/excerpt.ts'
import type { Got } from './http-get.ts'

/** One silence of an Alertmanager. Texts are a person's words: data. Times are epoch milliseconds. */
export type Silence = {
  readonly id: string
  readonly matchers: readonly Matcher[]
  readonly startsAt: number
  readonly endsAt: number
  readonly createdBy: string
  readonly comment: string
}

type Told = {
  id: string
  matchers: { name: string; value: string; isRegex: boolean; isEqual: boolean }[]
  startsAt: number
  endsAt: number
  createdBy: string
  comment: string
  status: { state: 'active' | 'pending' | 'expired' }
}

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

// An Alertmanager before 0.22 knows no isEqual.
const answer: z.ZodType<Told[]> = z.array(
  z.object({
    id: z.string(),
    matchers: z.array(
      z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
    ),
    startsAt: time,
    endsAt: time,
    createdBy: z.string().default(''),
    comment: z.string().default(''),
    status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
  }),
)

/** The silences that are not over, those that are still to begin too. Throws {@link BlindError} on any other answer. */
export function silencesOf({ status, body }: Pick<Got, 'status' | 'body'>): readonly Silence[] {
  if (status !== 200) throw new BlindError(`it answered with status ${status}`)
  const read = answer.safeParse(jsonOf(body)).data
  if (!read) throw new BlindError(`its body is no list of silences: ${excerpt(body)}`)
  return read
    .filter(({ status: { state } }) => state !== 'expired')
    .map(({ id, matchers, startsAt, endsAt, createdBy, comment }) => ({
      id,
      startsAt,
      endsAt,
      createdBy,
      comment,
      matchers: matchers.map(({ name, value, isRegex, isEqual }): Matcher => ({
        label: name,
        op: isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=',
        value,
      })),
    }))
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
