import { metricsAsProtobuf } from '../../test/fixtures/otlp-metrics.ts'
import { bodyOfV1, bodyOfV2, type Sent } from '../../test/fixtures/remote-write.ts'
import { packSnappy } from '../../test/fixtures/snappy.ts'
import { randomFrom } from '../../src/lib/random.ts'

/** Bodies of one round: every series once. */
export type Round = { readonly at: number; readonly bodies: readonly Uint8Array[] }

export type Shape = { readonly series: number; readonly perBody: number }

/** From one round to the next. */
export const STEP_MS = 15_000

const COUNTER = 1
/** What stands in the place of a value and a time until a round has its own: no text looks like them. */
const VALUE = -1.234567e-89
const TIME = Date.UTC(2026, 10, 22)
const NAMES = ['node_cpu_seconds_total', 'node_disk_read_bytes_total', 'node_network_receive_packets_total'] as const
const OTLP_METRICS = 10
const MODES = ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'] as const

/** Labels as a Prometheus has them of node exporters. */
function labelsOf(i: number): Record<string, string> {
  const node = Math.floor(i / 500)
  const within = i % 500
  return {
    __name__: NAMES[within % NAMES.length] ?? '',
    cluster: 'eu-west-1',
    cpu: String(Math.floor(within / MODES.length)),
    instance: `10.12.${node >> 8}.${node & 255}:9100`,
    job: 'node',
    mode: MODES[within % MODES.length] ?? '',
  }
}

const sentOf = (i: number): Sent => ({ labels: labelsOf(i), samples: [[TIME, VALUE]], type: COUNTER })

/** Rounds of remote write, packed as senders do; each is made when it is asked for. */
export function remoteWriteRounds(shape: Shape, version: 1 | 2): (round: number) => Round {
  const bodyOf = version === 1 ? bodyOfV1 : bodyOfV2
  const plain = Array.from({ length: shape.series / shape.perBody }, (_, body) =>
    Buffer.from(bodyOf(Array.from({ length: shape.perBody }, (_, i) => sentOf(body * shape.perBody + i)))),
  )
  const places = plain.map((body) => placesOf(body))
  return (round) => {
    const at = TIME + round * STEP_MS
    const valueOf = valuesOf(round)
    const bodies = plain.map((body, i) => {
      for (const place of places[i] ?? []) {
        body.writeDoubleLE(valueOf(), place)
        writeTime(body, place + 9, at)
      }
      return packSnappy(body)
    })
    return { at, bodies }
  }
}

const VALUE_BYTES = Buffer.from(new Float64Array([VALUE]).buffer)
const TIME_BYTES = Buffer.from(new BigUint64Array([nanoseconds(TIME)]).buffer)

function placesOf(body: Buffer, bytes: Uint8Array = VALUE_BYTES): number[] {
  const places: number[] = []
  for (let at = body.indexOf(bytes); at >= 0; at = body.indexOf(bytes, at + 1)) places.push(at)
  return places
}

function nanoseconds(ms: number): bigint {
  return BigInt(ms) * 1_000_000n
}

/** Six bytes, as every time of our days takes. */
function writeTime(body: Buffer, place: number, at: number): void {
  for (let i = 0; i < 6; i++) body[place + i] = (Math.floor(at / 2 ** (7 * i)) & 127) | (i < 5 ? 128 : 0)
}

/** Rounds of OTLP in protobuf, a body for each service; of each counter every series has four attributes. */
export function otlpRounds(shape: Shape): (round: number) => Round {
  const plain = Array.from({ length: shape.series / shape.perBody }, (_, i) => otlpBodyOf(i, shape.perBody))
  const places = plain.map((body) => ({ values: placesOf(body), times: placesOf(body, TIME_BYTES) }))
  return (round) => {
    const at = TIME + round * STEP_MS
    const valueOf = valuesOf(round)
    for (const [i, body] of plain.entries()) {
      for (const place of places[i]?.values ?? []) body.writeDoubleLE(valueOf(), place)
      for (const place of places[i]?.times ?? []) body.writeBigUInt64LE(nanoseconds(at), place)
    }
    return { at, bodies: plain }
  }
}

function otlpBodyOf(service: number, series: number): Buffer {
  const resource = { 'service.name': 'checkout', 'service.namespace': 'shop', 'service.instance.id': `web-${service}` }
  const points = Array.from({ length: series / OTLP_METRICS }, (_, i) => ({
    at: TIME,
    value: VALUE,
    attributes: {
      'http.request.method': i % 2 === 0 ? 'GET' : 'POST',
      'http.response.status_code': 200 + (i % 5),
      'http.route': `/items/${i}`,
      'network.protocol.version': '1.1',
    },
  }))
  const metrics = Array.from({ length: OTLP_METRICS }, (_, n) => ({
    name: `http.server.things_${n}`,
    sum: points,
    monotonic: true,
  }))
  return metricsAsProtobuf(resource, metrics)
}

/** Rounds of scrapes, a body for each target. */
export function expositionRounds(shape: Shape): (round: number) => Round {
  const heads = Array.from({ length: shape.series }, (_, i) => headOf(labelsOf(i)))
  return (round) => {
    const valueOf = valuesOf(round)
    const bodies = Array.from({ length: shape.series / shape.perBody }, (_, body) => {
      const own = heads.slice(body * shape.perBody, (body + 1) * shape.perBody)
      return new TextEncoder().encode(own.map((head) => `${head} ${valueOf()}\n`).join(''))
    })
    return { at: TIME + round * STEP_MS, bodies }
  }
}

function headOf({ __name__ = '', ...labels }: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  return `${__name__}{${pairs.join(',')}}`
}

/** Counters that grow by what they may, with two digits as exporters write seconds. */
export function valuesOf(round: number): () => number {
  const random = randomFrom(round)
  return () => Math.round((round * 1000 + random() * 900) * 100) / 100
}
