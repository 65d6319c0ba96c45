import { z } from 'zod'
import { UsageError } from '../domain/errors.ts'
import type { AttemptLimit } from '../domain/policy.ts'
import { parseDuration } from '../lib/duration.ts'
import { hasReference } from './secret.ts'

// The small parts of the file's schema. A message that begins with "expected" is completed with what was found.

/** A text that is data: references to secrets are refused, since nothing would hide them afterwards. */
export function text(expected = 'expected a text'): z.ZodType<string> {
  return z
    .string({ error: expected })
    .min(1, { error: expected })
    .refine((value) => !hasReference(value), {
      error: 'a ${...} reference may stand in headers and credentials only',
      abort: true,
    })
}

/** What the operator calls something: it becomes a part of other names, and of a metric's label. */
export const name: z.ZodType<string> = z
  .string({ error: 'expected a name' })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: 'expected a name of letters, digits, ".", "_" and "-"' })

/** A name that conditions can speak of, as they do of a metric. */
export const metricName: z.ZodType<string> = z
  .string()
  .regex(/^(?!(?:and|or|not|for|until|alert)$)[A-Za-z_:][\w:]*$/, { error: 'expected a name such as "error_share"' })

/** What labels the series and alerts of Prometheus. */
export const label: z.ZodType<string> = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, { error: 'expected a label name such as "namespace"' })

/** It travels in a URL, which servers and proxies between take up to some length only. */
export const promql: z.ZodType<string> = text('expected a PromQL expression').refine((expr) => expr.length <= 4000, {
  error: 'must not be longer than 4000 characters: make a recording rule of it',
})

export function oneOf<const T extends string>(values: readonly T[]): z.ZodType<T> {
  return z.enum(values, { error: `expected ${listed(values)}` })
}

export function whole(least: number, most: number): z.ZodType<number> {
  const error = `expected a whole number from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

export const quantity: z.ZodType<number> = z.number({ error: 'expected a number' })

/** What something is multiplied by, again and again: it does not make it less. */
export const factor: z.ZodType<number> = z
  .number({ error: 'expected a number from 1 to 100' })
  .min(1, { error: 'expected a number from 1 to 100' })
  .max(100, { error: 'expected a number from 1 to 100' })

/** A part of a whole, from 0 to 1. */
export const share: z.ZodType<number> = z
  .number({ error: 'expected a number from 0 to 1' })
  .min(0, { error: 'expected a number from 0 to 1' })
  .max(1, { error: 'expected a number from 0 to 1' })

/** A part of a whole, as people write it: "25%" becomes 0.25. */
export const percent: z.ZodType<number> = z.unknown().transform((value, context) => {
  const [, number] = (typeof value === 'string' && /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(value)) || []
  const share = Number(number) / 100
  if (share > 0 && share <= 1) return share
  return refuse(context, 'expected a percentage above 0 and up to 100 such as "25%"')
})

/** A time in milliseconds, from texts such as `250ms`, `5m`, `1h30m`, `7d`. */
export const duration: z.ZodType<number> = z.unknown().transform((value, context) => {
  const ms = typeof value === 'string' ? parseDuration(value) : undefined
  if (ms !== undefined && Number.isSafeInteger(ms)) return ms
  return refuse(context, 'expected a duration such as "250ms", "5m" or "1h30m"')
})

/** A duration that is more than nothing. */
export const period: z.ZodType<number> = duration.refine((ms) => ms > 0, { error: 'expected a duration longer than 0' })

/** A size in bytes, from texts such as `512MiB`, `1GiB`. */
export const bytes: z.ZodType<number> = z.unknown().transform((value, context) => {
  const [, count, unit] = (typeof value === 'string' && /^([1-9]\d{0,6}) ?([KMG])iB$/.exec(value)) || []
  const power = { K: 10, M: 20, G: 30 }[unit ?? '']
  if (count !== undefined && power !== undefined) return Number(count) * 2 ** power
  return refuse(context, 'expected a size such as "512MiB" or "1GiB"')
})

export const attempts: z.ZodType<Omit<AttemptLimit, 'latches'>> = z.unknown().transform((value, context) => {
  const [, count, time] = (typeof value === 'string' && /^([1-9]\d{0,5}) in (\S+)$/.exec(value)) || []
  const withinMs = parseDuration(time ?? '')
  if (count !== undefined && withinMs) return { attempts: Number(count), withinMs }
  return refuse(context, 'expected "N in T" such as "3 in 5m"')
})

export const address: z.ZodType<{ host: string; port: number }> = z.unknown().transform((value, context) => {
  const [, bracketed, plain, port] =
    (typeof value === 'string' && /^(?:\[([0-9a-fA-F:]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(value)) || []
  const host = bracketed ?? plain
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) }
  return refuse(context, 'expected "HOST:PORT" such as "127.0.0.1:8420"')
})

export const url: z.ZodType<string> = text('expected a URL').refine(
  (value) => ['http:', 'https:'].includes(URL.parse(value)?.protocol ?? ''),
  { error: 'expected a URL that begins with http:// or https://' },
)

export const path: z.ZodType<string> = text('expected a path').refine((value) => value.startsWith('/'), {
  error: 'expected a path that begins with "/"',
})

export function list<T>(of: z.ZodType<T>, expected = 'expected a list'): z.ZodType<T[]> {
  return z.array(of, { error: expected })
}

/** A list that must not be empty. */
export function some<T>(of: z.ZodType<T>): z.ZodType<T[]> {
  const error = 'expected a list of one or more'
  return z.array(of, { error }).min(1, { error })
}

export function byName<T>(
  of: z.ZodType<T>,
  expected: string,
  key: z.ZodType<string> = name,
): z.ZodType<Record<string, T>> {
  return z.record(key, of, { error: (issue) => (issue.code === 'invalid_key' ? undefined : expected) })
}

/**
 * A section with these keys and no other. The message for unknown keys is the list of known ones: `problems.ts` makes
 * one problem of each unknown key, with the nearest known one.
 */
export function section<T extends z.ZodRawShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? known.join(' ') : `expected a section with ${known.join(', ')}`,
  })
}

/** A text made into something by a reader that throws {@link UsageError}. */
export function read<T>(expected: string, reader: (value: string) => T): z.ZodType<T> {
  return z.string({ error: expected }).transform((value, context) => {
    try {
      return reader(value)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      return refuse(context, error.message)
    }
  })
}

/** A text that this reader can read; it stays a text. */
export function judged(expected: string, reader: (value: string) => unknown): z.ZodType<string> {
  return read(expected, (value) => {
    reader(value)
    return value
  })
}

/** A text, or else a section: what is wrong is told in the words of the one that is meant. */
export function either<A, B>(ofText: z.ZodType<A>, ofSection: z.ZodType<B>): z.ZodType<A | B> {
  return z.unknown().transform((value, context): A | B => {
    const meant: z.ZodType<A | B> = typeof value === 'object' && value !== null ? ofSection : ofText
    const { data, error } = meant.safeParse(value)
    for (const issue of error?.issues ?? []) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue)
    return data ?? z.NEVER
  })
}

/** Adds a problem and gives back what stands for no value. */
export function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}

function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value}"`)
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}
