import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonMetrics,
} from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LogRecord } from '../../src/domain/log-record.ts'
import { encodeAnswer, OTLP_TYPES, type OtlpSignal } from '../../src/signals/otlp/answer.ts'
import { otlpFormOf } from '../../src/signals/otlp/json.ts'
import { decodeOtlpLogs } from '../../src/signals/otlp/logs.ts'
import { otlpMetricsReader } from '../../src/signals/otlp/metrics.ts'
import { decodeOtlpTraces, type Span } from '../../src/signals/otlp/traces.ts'
import { keepingSink } from '../fixtures/sink.ts'
import { shimFolder, untilState, type ShimFolder } from '../shims.ts'
import { diagnosedBy, recordedBy, startKintsugi } from './kintsugi.ts'
import { untilSo } from './servers.ts'

/*
 * The OpenTelemetry SDK for Node as a sender of all three signals: in both forms and with gzip, to a bare server that
 * decodes what comes; and to a served Kintsugi, which acts upon it.
 */

const RESOURCE = resourceFromAttributes({ 'service.name': 'shop', 'service.instance.id': 'a1', 'host.name': 'h1' })
/** The name is an enumeration's, of a package that only the exporters know. */
const GZIP = 'gzip' as never
const JOB = 'host_name="h1",instance="a1",job="shop"'

async function startReceiver() {
  const sink = keepingSink()
  const reader = otlpMetricsReader()
  const records: LogRecord[] = []
  const spans: Span[] = []
  const refused: string[] = []
  const decode = (signal: OtlpSignal, body: Uint8Array, type: string | undefined): Uint8Array => {
    const form = otlpFormOf(type)
    if (!form) throw new Error(`a body of type ${type}`)
    const now = Date.now()
    const came =
      signal === 'metrics'
        ? reader.decode(body, form, now, sink)
        : signal === 'logs'
          ? decodeOtlpLogs(body, form, now)
          : decodeOtlpTraces(body, form)
    if ('records' in came) records.push(...came.records)
    if ('spans' in came) spans.push(...came.spans)
    refused.push(...came.reasons)
    return encodeAnswer(signal, form, came)
  }
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const signal = request.url?.replace('/v1/', '') as OtlpSignal
      const answer = decode(signal, body, request.headers['content-type'])
      response.setHeader('content-type', OTLP_TYPES[otlpFormOf(request.headers['content-type']) ?? 'json'])
      response.end(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    sink,
    records,
    spans,
    refused,
    url: (signal: OtlpSignal) => `http://127.0.0.1:${port}/v1/${signal}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Points of one millisecond are one point. */
async function laterThan(at: number): Promise<void> {
  while (Date.now() <= at) await setImmediate()
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const body = Buffer.concat(parts)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

describe.each([
  ['protobuf', { Metrics: ProtobufMetrics, Logs: ProtobufLogs, Traces: ProtobufTraces }],
  ['JSON', { Metrics: JsonMetrics, Logs: JsonLogs, Traces: JsonTraces }],
] as const)('the OpenTelemetry SDK, sending %s', (_form, { Metrics, Logs, Traces }) => {
  test('its metrics arrive: counters, differences, gauges, histograms of both kinds', async () => {
    await using receiver = await startReceiver()
    const common = { url: receiver.url('metrics'), compression: GZIP }
    const readers = [
      new Metrics(common),
      new Metrics({ ...common, temporalityPreference: AggregationTemporalityPreference.DELTA }),
    ].map((exporter) => new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 }))
    for (const [reader, name] of readers.map((one, i) => [one, i === 0 ? 'kept' : 'delta'] as const)) {
      const provider = new MeterProvider({
        resource: RESOURCE,
        readers: [reader],
        views: [
          { instrumentName: '*.wide', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
          {
            instrumentName: '*.took',
            aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [1, 10] } },
          },
        ],
      })
      const meter = provider.getMeter('test')
      const orders = meter.createCounter(`${name}.orders`, { unit: '{order}' })
      const took = meter.createHistogram(`${name}.took`, { unit: 's' })
      const wide = meter.createHistogram(`${name}.wide`, { unit: 'ms' })
      meter.createObservableGauge(`${name}.used`, { unit: '1' }).addCallback((result) => result.observe(0.25))
      for (const value of [2, 3]) {
        orders.add(value, { 'shop.region': 'eu', big: true })
        for (const one of [0.5, value, 40]) took.record(one)
        wide.record(value)
        await provider.forceFlush()
        await laterThan(Date.now() + 1)
      }
      await provider.shutdown()
    }
    const newest = Object.fromEntries(
      [...receiver.sink.series].map(([name, values]) => [name, [...values.values()].at(-1)]),
    )
    const expected = (name: string): Record<string, number> => ({
      [`${name}_orders_total{big="true",${JOB},shop_region="eu"}`]: 5,
      [`${name}_used_ratio{${JOB}}`]: 0.25,
      [`${name}_took_seconds_count{${JOB}}`]: 6,
      [`${name}_took_seconds_sum{${JOB}}`]: 86,
      [`${name}_took_seconds_bucket{${JOB},le="1"}`]: 2,
      [`${name}_took_seconds_bucket{${JOB},le="10"}`]: 4,
      [`${name}_took_seconds_bucket{${JOB},le="+Inf"}`]: 6,
      [`${name}_wide_milliseconds_count{${JOB}}`]: 2,
      [`${name}_wide_milliseconds_sum{${JOB}}`]: 5,
      [`${name}_wide_milliseconds_bucket{${JOB},le="4"}`]: name === 'kept' ? 2 : 1,
      [`${name}_wide_milliseconds_bucket{${JOB},le="2"}`]: 1,
      [`${name}_wide_milliseconds_bucket{${JOB},le="+Inf"}`]: 2,
    })
    expect(newest).toEqual({ ...expected('kept'), ...expected('delta') })
    expect(receiver.refused).toEqual([])
  })

  test('its logs arrive, and tell how bad they are', async () => {
    await using receiver = await startReceiver()
    const exporter = new Logs({ url: receiver.url('logs'), compression: GZIP })
    const provider = new LoggerProvider({ resource: RESOURCE, processors: [new BatchLogRecordProcessor({ exporter })] })
    const logger = provider.getLogger('test')
    logger.emit({ severityNumber: 17, body: 'no room left', attributes: { a: 1 } })
    logger.emit({ severityText: 'INFO', body: { what: 'started', after: 3 } })
    await provider.shutdown()
    expect(receiver.records).toMatchObject([
      { text: 'no room left', level: 'error', labels: { job: 'shop', instance: 'a1', host_name: 'h1' } },
      { text: '{"what":"started","after":3}', level: 'info' },
    ])
    expect(Math.abs(Date.now() - (receiver.records[0]?.at ?? 0))).toBeLessThan(60_000)
    expect(receiver.refused).toEqual([])
  })

  test('its traces arrive, and tell who calls whom', async () => {
    await using receiver = await startReceiver()
    const exporter = new Traces({ url: receiver.url('traces') })
    const provider = new BasicTracerProvider({
      resource: RESOURCE,
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    })
    const tracer = provider.getTracer('test')
    const server = tracer.startSpan('GET /', { kind: SpanKind.SERVER })
    const inside = trace.setSpan(ROOT_CONTEXT, server)
    tracer.startSpan('POST', { kind: SpanKind.CLIENT, attributes: { 'peer.service': 'pay' } }, inside).end()
    server.end()
    await provider.shutdown()
    const { traceId, spanId } = server.spanContext()
    expect(receiver.spans).toMatchObject([
      { parent: `${traceId}${spanId}`, service: 'shop', serves: true, peer: 'pay' },
      { id: `${traceId}${spanId}`, service: 'shop', serves: true },
    ])
    expect(receiver.refused).toEqual([])
  })
})

/** One instance of a service, with an SDK of its own that sends protobuf in gzip; `full` is what its queue says. */
function instanceOf(service: string, url: string, full: () => number) {
  const resource = resourceFromAttributes({ 'service.name': service, 'service.instance.id': `${service}-1` })
  const to = (signal: OtlpSignal) => ({ url: `${url}/v1/${signal}`, compression: GZIP })
  const metrics = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new ProtobufMetrics(to('metrics')),
        exportIntervalMillis: 1000,
        exportTimeoutMillis: 1000,
      }),
    ],
  })
  const logs = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new ProtobufLogs(to('logs')) })],
  })
  const spans = new BasicTracerProvider({
    resource,
    spanProcessors: [new SimpleSpanProcessor(new ProtobufTraces(to('traces')))],
  })
  const queue = metrics.getMeter('test').createObservableGauge('queue.used', { unit: '1' })
  queue.addCallback((result) => result.observe(full()))
  return {
    logger: logs.getLogger('test'),
    tracer: spans.getTracer('test'),
    flush: () => Promise.all([metrics.forceFlush(), logs.forceFlush(), spans.forceFlush()]),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([metrics.shutdown(), logs.shutdown(), spans.shutdown()])
    },
  }
}

describe('a served Kintsugi, told by the OpenTelemetry SDK', () => {
  let dir: string
  let shims: ShimFolder
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'real-otlp-'))
    shims = shimFolder()
    for (const service of ['web', 'pay']) {
      const instance = await shims.manifest(`${service}-1`, { service })
      await shims.start(instance)
      await untilState(instance, ({ ready }) => ready)
    }
  })
  afterEach(async () => {
    await shims.close()
    rmSync(dir, { recursive: true })
  })

  test('opens an incident by a metric, diagnoses it by a log line, and knows who calls whom', async () => {
    const FULL = 'queue_used_ratio > 0.9'
    const kintsugi = await startKintsugi(dir, {
      connectors: { lab: { type: 'process', dir: shims.dir } },
      probes: [{ name: 'port', target: 'lab:shop/instance/*', tcp: {} }],
      receive: { targets: [{ match: { instance: '(web|pay)-1' }, target: 'lab:shop/instance/{instance}' }] },
      policies: [
        { name: 'queue', condition: `${FULL} for 2 samples`, target: 'lab:shop/instance/*', ladder: ['page'] },
      ],
      rules: [
        {
          cause: 'queue-full',
          when: FULL,
          confidence: 0.9,
          summary: 'its queue is full',
          recommendation: 'read its log',
          affects: 'dependents',
        },
      ],
    })
    await using stack = new AsyncDisposableStack()
    stack.defer(() => kintsugi.stop())
    const { api, url } = kintsugi
    let fullness = 0.5
    const web = stack.use(instanceOf('web', url, () => fullness))
    const pay = stack.use(instanceOf('pay', url, () => 0.1))

    for (let i = 0; i < 5; i++) {
      const asks = web.tracer.startSpan('POST /pay', { kind: SpanKind.CLIENT })
      pay.tracer.startSpan('POST /pay', { kind: SpanKind.SERVER }, trace.setSpan(ROOT_CONTEXT, asks)).end()
      asks.end()
    }
    web.logger.emit({ severityNumber: 17, body: 'no worker takes from the queue' })
    await Promise.all([web.flush(), pay.flush()])
    const callsOf = async (service: string): Promise<unknown> =>
      (await api.targets({})).find(({ target }) => target === `lab:shop/service/${service}`)?.calls
    await untilSo(async () => String(await callsOf('web')) === 'lab:shop/service/pay', 'it is known who calls whom')
    expect(await callsOf('pay')).toEqual([])

    fullness = 0.99
    await untilSo(async () => (await diagnosedBy(api)).length > 0, 'an incident is diagnosed')
    expect(await diagnosedBy(api)).toContain('log: no worker takes from the queue')
    const found = (await recordedBy(api)).flatMap((body) => (body.kind === 'incident-opened' ? body.findings : []))
    expect(found).toMatchObject([
      { policy: 'queue', target: 'lab:shop/instance/web-1', evidence: [{ signal: 'queue_used_ratio', value: 0.99 }] },
    ])
    expect((await api.status({})).intake).toMatchObject({ refused: 0, shed: 0, unaimed: { series: 0 } })
  }, 120_000)
})
