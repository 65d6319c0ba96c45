import { UsageError } from '../../domain/errors.ts'
import type { DecodedLines, LogLevel, LogRecord } from '../../domain/log-record.ts'
import { labelsFrom } from './labels.ts'
import { levelOf } from './level.ts'
import { decoded, namesLevel, pushAt, streamOf, takeLine, type Push, type Stream } from './loki.ts'
import { refuse } from './refusals.ts'

/**
 * Reads the JSON form of a Loki push (`/loki/api/v1/push`). A stream or a line that cannot be read is refused for itself;
 * bytes of a line that are no text stand as U+FFFD.
 *
 * @param body as unpacked
 * @param now epoch milliseconds
 * @throws UsageError where it is no such body at all
 */
export function decodeLokiJson(body: Uint8Array, now: number): DecodedLines<LogRecord> {
  const push = pushAt(now)
  const streams = fieldOf(jsonIn(body), 'streams')
  if (!Array.isArray(streams)) throw new UsageError('cannot read the lines: expected {"streams": [...]}')
  for (const one of streams as readonly unknown[]) {
    const values = fieldOf(one, 'values')
    if (Array.isArray(values)) takeStream(push, fieldOf(one, 'stream'), values)
    else refuse(push, 1, 'a stream has no list of values')
  }
  return decoded(push)
}

function takeStream(push: Push, given: unknown, values: readonly unknown[]): void {
  const stream = streamOf(isObject(given) ? labelsFrom(Object.entries(given)) : 'its labels are no object')
  if (typeof stream === 'string') refuse(push, values.length, stream)
  else for (const value of values) takeValue(push, stream, value)
}

function takeValue(push: Push, stream: Stream, value: unknown): void {
  const [time, line, metadata] = Array.isArray(value) ? (value as readonly unknown[]) : []
  if (typeof line !== 'string') refuse(push, 1, 'a line is not ["NANOSECONDS", "LINE"]')
  else takeLine(push, stream, msOf(time), line, levelIn(metadata))
}

function msOf(nanos: unknown): number {
  return typeof nanos === 'string' && /^\d{1,20}$/.test(nanos) ? Number(nanos) / 1e6 : Number.NaN
}

function levelIn(metadata: unknown): LogLevel {
  if (!isObject(metadata)) return 'unknown'
  const name = Object.keys(metadata).find(namesLevel)
  return name === undefined ? 'unknown' : levelOf(metadata[name])
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString()) as unknown
  } catch {
    throw new UsageError('cannot read the lines: the body is not JSON')
  }
}

function fieldOf(of: unknown, key: string): unknown {
  return isObject(of) ? of[key] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
