import { isUtf8 } from 'node:buffer'
import { UsageError } from '../../domain/errors.ts'

/** The two forms of every OTLP body. */
export type OtlpForm = 'protobuf' | 'json'

/** The form that a content type names; undefined where it is neither. */
export function otlpFormOf(contentType: string | undefined): OtlpForm | undefined {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/x-protobuf') return 'protobuf'
  return type === 'application/json' ? 'json' : undefined
}

/** What a body in JSON says. @throws UsageError */
export function parsedJson(body: Uint8Array): unknown {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!isUtf8(bytes)) throw new UsageError('cannot read the body: it is not UTF-8')
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    throw new UsageError('cannot read the body: it is not JSON')
  }
}

export function fieldOf(of: unknown, key: string): unknown {
  return typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[key] : undefined
}

/**
 * The list under a key; none where it is left out, as JSON leaves out what is empty.
 *
 * @param what in words, for errors: 'a resource'
 * @throws UsageError where there is something else
 */
export function listIn(of: unknown, key: string, what: string): readonly unknown[] {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) {
    throw new UsageError(`cannot read the body: expected ${what} to be an object with ${key}`)
  }
  const list = fieldOf(of, key) ?? []
  if (!Array.isArray(list)) throw new UsageError(`cannot read the body: ${key} must be a list`)
  return list
}

/** A number as OTLP writes it in JSON: 64 bits as text, and so what is no finite number. NaN where it is none. */
export function numberIn(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
}

/** The nearest epoch millisecond of nanoseconds; 0 where there are none. */
export function millisecondsOf(nanoseconds: unknown): number {
  const ms = Math.round(numberIn(nanoseconds) / 1e6)
  return Number.isFinite(ms) ? ms : 0
}
