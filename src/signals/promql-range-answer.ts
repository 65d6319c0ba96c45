import { z } from 'zod'
import { BlindError } from '../domain/errors.ts'
import type { Labels } from '../domain/signal.ts'
import { excerpt } from '../lib/excerpt.ts'
import type { Got } from './http-get.ts'

/** One series over a range: seconds and values as Prometheus writes numbers, oldest first. */
export type RangeSeries = { readonly labels: Labels; readonly points: readonly (readonly [number, string])[] }

type Answer =
  | {
      status: 'success'
      data: { resultType: 'matrix'; result: { metric: Record<string, string>; values?: unknown }[] }
      warnings?: string[]
    }
  | { status: 'error'; errorType: string; error: string }

// Points are millions: that they are a list is judged here, and each of them where it is read.
const answer: z.ZodType<Answer> = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.unknown() })),
    }),
    warnings: z.array(z.string()).exactOptional(),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
])

/** Too much was asked for at once: a shorter range may do. */
export class TooMuchError extends BlindError {}

/** The series of an answer to a range query. Throws {@link BlindError} on an error, a warning, and what is no answer. */
export function rangeSeriesOf({ status, body }: Pick<Got, 'status' | 'body'>): readonly RangeSeries[] {
  const read = answer.safeParse(jsonOf(body)).data
  if (read?.status === 'error') {
    const text = `it answered ${read.errorType.slice(0, 40)}: ${excerpt(read.error)}`
    if (/exceeded maximum resolution|too many samples|timed out|max_samples/i.test(read.error))
      throw new TooMuchError(text)
    throw new BlindError(text)
  }
  if (status !== 200) throw new BlindError(`it answered with status ${status}`)
  if (!read) throw new BlindError(`its body is no answer to a range query: ${excerpt(body)}`)
  const [warning] = read.warnings ?? []
  if (warning !== undefined) throw new BlindError(`it answered with a warning: ${excerpt(warning)}`)
  return read.data.result.map(({ metric, values }) => ({
    labels: metric,
    // A native histogram has none.
    points: Array.isArray(values) ? (values as RangeSeries['points']) : [],
  }))
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
