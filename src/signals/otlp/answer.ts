import { bytesField, varintField } from '../wire/protobuf-write.ts'
import type { OtlpForm } from './json.ts'

export type OtlpSignal = 'metrics' | 'logs' | 'traces'

const REJECTED: Readonly<Record<OtlpSignal, string>> = {
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
  traces: 'rejectedSpans',
}

/** The content type of a body of this form. */
export const OTLP_TYPES: Readonly<Record<OtlpForm, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/**
 * The body of an answer with 200: `ExportMetricsServiceResponse` and its like. It says how many were refused and why
 * (partial success: senders do not send those again), and is empty, or `{}`, where all was taken.
 */
export function encodeAnswer(
  signal: OtlpSignal,
  form: OtlpForm,
  { refused, reasons }: { readonly refused: number; readonly reasons: readonly string[] },
): Uint8Array {
  const errorMessage = reasons.join('; ')
  if (form === 'json') {
    const partialSuccess = { [REJECTED[signal]]: String(refused), errorMessage }
    return Buffer.from(JSON.stringify(refused === 0 ? {} : { partialSuccess }))
  }
  if (refused === 0) return new Uint8Array(0)
  return bytesField(1, Buffer.concat([varintField(1, refused), bytesField(2, errorMessage)]))
}

/** The body of an answer with 4xx or 5xx: a `google.rpc.Status` with the message. */
export function encodeFailure(form: OtlpForm, message: string): Uint8Array {
  return form === 'json' ? Buffer.from(JSON.stringify({ message })) : bytesField(2, message)
}
