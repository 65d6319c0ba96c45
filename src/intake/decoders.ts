import { UsageError } from '../domain/errors.ts'
import { decodeTraces } from '../signals/otlp/traces.ts'
import type { Decoder, Decoders } from './decode.ts'

/** Which decoder reads what. */
export const DECODERS: Decoders = {
  'remote-write': notYet,
  'remote-write-v2': notYet,
  'otlp-metrics': notYet,
  'otlp-logs': notYet,
  'otlp-traces': (body) => {
    const { spans, refused, reasons } = decodeTraces(jsonOf(body))
    return { samples: spans.length, refused, reasons, spans }
  },
  loki: notYet,
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown
  } catch {
    throw new UsageError('cannot read the body: it is not JSON')
  }
}

function notYet(): ReturnType<Decoder> {
  throw new UsageError('this cannot be read yet')
}
