import type { SampleSink } from '../../src/domain/series.ts'
import type { OtlpForm } from '../../src/signals/otlp/json.ts'
import { otlpMetricsReader } from '../../src/signals/otlp/metrics.ts'
import { metricsAsJson, metricsAsProtobuf, type OtlpMetric } from '../../test/fixtures/otlp-metrics.ts'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'

const SERVICES = 200
const METRICS = 10
const POINTS = 50
const ROUNDS = 11
const ALL = SERVICES * METRICS * POINTS
const WRITE = { protobuf: metricsAsProtobuf, json: metricsAsJson }

/** Decode alone: what the series cost where they go is measured with them. */
export const otlp: Bench = {
  about: 'points of OTLP metrics decoded in a second, protobuf and JSON, 100,000 series',
  run: async (say) => {
    const figures: Figure[] = []
    for (const form of ['protobuf', 'json'] as const) {
      say(`otlp ${form}`)
      figures.push(figureOf(form))
    }
    return figures
  },
}

function figureOf(form: OtlpForm): Figure {
  const reader = otlpMetricsReader()
  const { sink, count } = hashingSink()
  const now = Date.UTC(2026, 0, 1)
  const bodies = bodiesAt(form, now)
  const seconds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.cpuUsage()
    for (const body of bodies) reader.decode(body, form, now, sink)
    const { user, system } = process.cpuUsage(began)
    seconds.push((user + system) / 1e6)
  }
  if (count() !== ROUNDS * ALL) throw new Error(`${count()} of ${ROUNDS * ALL} points were taken`)
  const median = seconds.toSorted((a, b) => a - b)[ROUNDS >> 1] as number
  return {
    name: `otlp ${form}`,
    value: rounded(ALL / median),
    unit: 'points/s',
    higherIsBetter: true,
    method: `${SERVICES} bodies of ${METRICS * POINTS} points, four attributes each, by seconds of processor time of the whole process; names hashed and looked up, values counted; median of ${ROUNDS} rounds, the first of which finds every series new`,
    settings: { series: ALL, rounds: ROUNDS },
  }
}

function bodiesAt(form: OtlpForm, at: number): Buffer[] {
  return Array.from({ length: SERVICES }, (_, service) => {
    const resource = {
      'service.name': `service-${service}`,
      'service.namespace': 'shop',
      'service.instance.id': `instance-${service}`,
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': 'go',
    }
    const metrics = Array.from({ length: METRICS }, (_, n): OtlpMetric => metricOf(n, at))
    return WRITE[form](resource, metrics)
  })
}

function metricOf(n: number, at: number): OtlpMetric {
  const points = Array.from({ length: POINTS }, (_, i) => ({
    at,
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

/** Series by a hash of their name; no hash of the few here is that of another. */
function hashingSink(): { readonly sink: SampleSink; count(): number } {
  const slots = new Map<number, number>()
  const values = new Float64Array(ALL)
  let count = 0
  const sink: SampleSink = {
    slotOf: (bytes, start, end, describe) => {
      let [a, b] = [0x811c9dc5, 0]
      for (let i = start; i < end; i++) {
        a = Math.imul(a ^ (bytes[i] as number), 0x01000193)
        b = Math.imul(b + (bytes[i] as number), 0x85ebca6b)
      }
      const hash = (a >>> 0) * 0x200000 + ((b >>> 0) & 0x1fffff)
      const known = slots.get(hash)
      if (known !== undefined) return known
      describe(bytes, start, end)
      slots.set(hash, slots.size)
      return slots.size - 1
    },
    push: (slot, _at, value) => {
      values[slot] = value
      count++
    },
  }
  return { sink, count: () => count }
}
