import type { Decoded, SampleSink, SeriesKind } from '../domain/series.ts'
import type { DecodedLines, LogRecord } from '../domain/log-record.ts'
import { decodeLokiJson } from '../signals/lines/loki-json.ts'
import { decodeLokiProtobuf } from '../signals/lines/loki-protobuf.ts'
import { summaryOf } from '../signals/lines/summary.ts'
import { decodeOtlpLogs } from '../signals/otlp/logs.ts'
import { otlpMetricsReader } from '../signals/otlp/metrics.ts'
import { decodeOtlpTraces } from '../signals/otlp/traces.ts'
import { decodeRemoteWrite } from '../signals/remote-write/v1.ts'
import { decodeRemoteWriteV2 } from '../signals/remote-write/v2.ts'
import type { Delivery, Protocol, Told } from './messages.ts'

/** Reads a body that is unpacked; `now` is epoch milliseconds. Throws UsageError on what is none. */
export type Decoder = (body: Uint8Array, form: Delivery['form'], now: number, sink: SampleSink) => Decoded & Told

export type Decoders = Readonly<Record<Protocol, Decoder>>

/**
 * Which decoder reads what; for one bank of series, of whose slots they remember.
 *
 * @param metadata told what a metric is, by senders that say so apart from its series
 */
export function createDecoders(metadata: (metric: string, kind: SeriesKind) => void): Decoders {
  const otlp = otlpMetricsReader()
  return {
    'remote-write': (body, _form, now, sink) => decodeRemoteWrite(body, sink, { now, metadata }),
    'remote-write-v2': (body, _form, now, sink) => decodeRemoteWriteV2(body, sink, { now, metadata }),
    'otlp-metrics': (body, form, now, sink) => otlp.decode(body, form, now, sink),
    'otlp-logs': (body, form, now) => linesOf(decodeOtlpLogs(body, form, now), now),
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
