import { createBanks } from '../../src/detect/banks/banks.ts'
import type { SampleSink } from '../../src/domain/series.ts'
import type { OtlpForm } from '../../src/signals/otlp/json.ts'
import { otlpMetricsReader } from '../../src/signals/otlp/metrics.ts'
import { createSeriesBank } from '../../src/signals/series/bank.ts'
import { metricsAsJson, metricsAsProtobuf, type OtlpMetric } from '../../test/fixtures/otlp-metrics.ts'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'

const SERVICES = 200
const METRICS = 10
const POINTS = 50
const ALL = SERVICES * METRICS * POINTS
const WARM_UP_ROUNDS = 3
const ROUNDS = 9
const WINDOW_SAMPLES = 120
const STEP_MS = 15_000
const START = Date.UTC(2026, 0, 1)

const FORMS = {
  protobuf: { write: metricsAsProtobuf, timeOf: nanosecondBytes },
  json: { write: metricsAsJson, timeOf: (at: number) => Buffer.from(`"${at}000000"`) },
}

const METHOD = `${SERVICES} bodies of ${METRICS * POINTS} points, four attributes each, every series once in a round. Decoded, into the bank of all series, whose windows of ${WINDOW_SAMPLES} are full, and past their three detectors, on one core; median of ${ROUNDS} rounds after ${WARM_UP_ROUNDS}, by processor time of the thread`

export const otlp: Bench = {
  about: 'points a second of OTLP metrics, protobuf and JSON, with detectors, one core',
  run(say) {
    const figures = (['protobuf', 'json'] as const).map((form): Figure => {
      say(`otlp: ${form}`)
      return {
        name: `otlp ${form}`,
        value: rounded(rateOf(form)),
        unit: 'points/s',
        higherIsBetter: true,
        method: METHOD,
        settings: { series: ALL, perBody: METRICS * POINTS },
      }
    })
    return Promise.resolve(figures)
  },
}

function rateOf(form: OtlpForm): number {
  const reader = otlpMetricsReader()
  const bodies = Array.from({ length: SERVICES }, (_, service) => bodyOf(form, service))
  const sink = primed((into) => bodies.forEach(({ bytes }) => void reader.decode(bytes, form, START, into)))
  const rates: number[] = []
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const at = START + (WINDOW_SAMPLES + 1 + round) * STEP_MS
    for (const body of bodies) setTime(body, FORMS[form].timeOf(at))
    const began = process.threadCpuUsage()
    let samples = 0
    for (const { bytes } of bodies) samples += reader.decode(bytes, form, at, sink).samples
    const { user, system } = process.threadCpuUsage(began)
    if (samples !== ALL) throw new Error(`cannot measure: ${samples} of ${ALL} points were taken in`)
    if (round >= WARM_UP_ROUNDS) rates.push((samples / (user + system)) * 1e6)
  }
  return rates.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN
}

/** Where all series are known, their windows full, and their detectors warm. */
function primed(takeAll: (sink: SampleSink) => void): SampleSink {
  const bank = createSeriesBank({ maxSeries: ALL, seed: 1, onBatch: (batch) => detectors.take(batch) })
  const detectors = createBanks({ window: { samples: WINDOW_SAMPLES, ringOf: bank.ringOf }, onLoud: () => undefined })
  const sink = bank.sinkFor('bench')
  takeAll(sink)
  for (let round = 1; round <= WINDOW_SAMPLES; round++) {
    for (let slot = 0; slot < ALL; slot++)
      sink.push(slot, START + round * STEP_MS, ((slot * 7 + round * 13) % 101) / 10)
  }
  bank.flush()
  return sink
}

/** A body, and where in it there are times. */
type Timed = { readonly bytes: Buffer; readonly places: readonly number[] }

function bodyOf(form: OtlpForm, service: number): Timed {
  const resource = {
    'service.name': `service-${service}`,
    'service.namespace': 'shop',
    'service.instance.id': `instance-${service}`,
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'go',
  }
  const bytes = FORMS[form].write(
    resource,
    Array.from({ length: METRICS }, (_, n) => metricOf(n)),
  )
  const time = FORMS[form].timeOf(START)
  const places: number[] = []
  for (let at = bytes.indexOf(time); at >= 0; at = bytes.indexOf(time, at + 1)) places.push(at)
  return { bytes, places }
}

function setTime({ bytes, places }: Timed, time: Buffer): void {
  for (const place of places) time.copy(bytes, place)
}

function nanosecondBytes(at: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(at) * 1_000_000n)
  return bytes
}

function metricOf(n: number): OtlpMetric {
  const points = Array.from({ length: POINTS }, (_, i) => ({
    at: START,
    value: n + i / 7,
    attributes: {
      'http.request.method': i % 2 === 0 ? 'GET' : 'POST',
      'http.response.status_code': 200 + (i % 5),
      'http.route': `/items/${i}`,
      'network.protocol.version': '1.1',
    },
  }))
  const name = `http.server.metric_${n}`
  return n % 2 === 0 ? { name, unit: 's', gauge: points } : { name, unit: '{request}', sum: points, monotonic: true }
}
