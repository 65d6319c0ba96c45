import { UsageError } from '../domain/errors.ts'
import type { Decoded, SampleSink } from '../domain/series.ts'
import type { DecodedLines, LogRecord } from '../domain/log-record.ts'
import { decodeLokiJson } from '../signals/lines/loki-json.ts'
import { decodeLokiProtobuf } from '../signals/lines/loki-protobuf.ts'
import { summaryOf } from '../signals/lines/summary.ts'
import { otlpMetricsReader } from '../signals/otlp/metrics.ts'
import { decodeOtlpTraces } from '../signals/otlp/traces.ts'
import type { Delivery, Protocol, Told } from './messages.ts'

/** Reads a body that is unpacked; `now` is epoch milliseconds. Throws UsageError on what is none. */
export type Decoder = (body: Uint8Array, form: Delivery['form'], now: number, sink: SampleSink) => Decoded & Told

export type Decoders = Readonly<Record<Protocol, Decoder>>

/** Which decoder reads what; for one bank of series, of whose slots they remember. */
export function createDecoders(): Decoders {
  const otlp = otlpMetricsReader()
  return {
    'remote-write': notYet,
    'remote-write-v2': notYet,
    'otlp-metrics': (body, form, now, sink) => otlp.decode(body, form, now, sink),
    'otlp-logs': notYet,
    'otlp-traces': (body, form) => {
      const { spans, ...rest } = decodeOtlpTraces(body, form)
      return { ...rest, spans, samples: spans.length }
    },
    loki: (body, form, now) =>
      linesOf(form === 'json' ? decodeLokiJson(body, now) : decodeLokiProtobuf(body, now), now),
  }
}

/** Of lines only what is kept of them goes on: how many of which level there were, and the newest errors. */
function linesOf({ records, refused, reasons }: DecodedLines<LogRecord>, now: number): Decoded & Told {
  return { samples: records.length, refused, reasons, logs: summaryOf(records, now) }
}

function notYet(): ReturnType<Decoder> {
  throw new UsageError('this cannot be read yet')
}
