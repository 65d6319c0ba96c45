import { z } from 'zod'
import { BlindError } from '../domain/errors.ts'
import type { Labels } from '../domain/signal.ts'
import { excerpt } from '../lib/excerpt.ts'
import type { Got } from './http-get.ts'

/** One series of an instant query. `value` is text as Prometheus writes numbers; absent for a native histogram. */
export type PromqlSeries = { readonly labels: Labels; readonly atMs?: number; readonly value?: string }

type Point = readonly [number, string]
type Data =
  | { resultType: 'vector'; result: { metric: Record<string, string>; value?: Point }[] }
  | { resultType: 'scalar'; result: Point }
type Answer =
  | { status: 'success'; data: Data; warnings?: string[] }
  | { status: 'error'; errorType: string; error: string }

const point: z.ZodType<Point> = z.tuple([z.number(), z.string()])
const one = z.object({ metric: z.record(z.string(), z.string()), value: point.exactOptional() })
const data: z.ZodType<Data> = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(one) }),
  z.object({ resultType: z.literal('scalar'), result: point }),
])
const answer: z.ZodType<Answer> = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data, warnings: z.array(z.string()).exactOptional() }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
])

/**
 * The series of an answer to an instant query. Throws {@link BlindError} on an error, on a warning (what came with it may
 * be a part only) and on a body that is none of Prometheus'. Notes of level info are left aside, as they often mislead.
 */
export function seriesOf({ status, body }: Pick<Got, 'status' | 'body'>): readonly PromqlSeries[] {
  const read = answer.safeParse(jsonOf(body)).data
  if (read?.status === 'error')
    throw new BlindError(`it answered ${read.errorType.slice(0, 40)}: ${excerpt(read.error)}`)
  if (status !== 200) throw new BlindError(`it answered with status ${status}`)
  if (!read) throw new BlindError(`its body is no answer to an instant query: ${excerpt(body)}`)
  const [warning] = read.warnings ?? []
  if (warning !== undefined) throw new BlindError(`it answered with a warning: ${excerpt(warning)}`)
  if (read.data.resultType === 'scalar') return [seriesFrom({}, read.data.result)]
  return read.data.result.map(({ metric, value }) => seriesFrom(metric, value))
}

function seriesFrom(labels: Labels, value: Point | undefined): PromqlSeries {
  return value ? { labels, atMs: Math.round(value[0] * 1000), value: value[1] } : { labels }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
