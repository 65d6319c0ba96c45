import type { LogRecord } from '../../src/domain/log-record.ts'
import { decodeCloudEvents } from '../../src/signals/lines/cloud-event.ts'
import { decodeLokiJson } from '../../src/signals/lines/loki-json.ts'
import { decodeLokiProtobuf } from '../../src/signals/lines/loki-protobuf.ts'
import { readLine } from '../../src/signals/lines/read-line.ts'
import { createSummary, summaryOf } from '../../src/signals/lines/summary.ts'
import { createFraming } from '../../src/signals/lines/syslog-frames.ts'
import { syslogReader } from '../../src/signals/lines/syslog-message.ts'
import { bytesField, varintField } from '../../src/signals/wire/protobuf-write.ts'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'

const LINES = 1000
const STREAMS = 20
/** One line in so many is an error. */
const ERROR_EVERY = 20
const NOW = Date.UTC(2026, 0, 1)
const LONG_ENOUGH_MS = 1000

export const linesBench: Bench = {
  about: 'log lines and events, decoded and summed up by stream: Loki, JSON, logfmt, syslog, CloudEvents',
  run: async (say) =>
    Object.entries(WORK).map(([name, { method, work, unit = 'lines/s' }]) => {
      say(`lines: ${name}`)
      return figureOf(name, method, unit, perSecond(work))
    }),
}

type Work = { readonly method: string; readonly unit?: string; readonly work: () => void }

const level = (i: number): string => (i % ERROR_EVERY === 0 ? 'error' : 'info')
const said = (i: number): string =>
  `request ${i} to /api/v1/orders took ${(i * 37) % 900} ms and was served by shard ${i % 7}`
const JSON_LINES = Array.from(
  { length: LINES },
  (_, i) => `{"time":"2026-01-01T00:00:00.000Z","level":"${level(i)}","service":"checkout","msg":"${said(i)}"}`,
)
const LOGFMT_LINES = Array.from(
  { length: LINES },
  (_, i) => `ts=2026-01-01T00:00:00.000Z caller=main.go:12 level=${level(i)} service=checkout msg="${said(i)}"`,
)
const SYSLOG = Buffer.from(
  Array.from(
    { length: LINES },
    (_, i) =>
      `<${i % ERROR_EVERY === 0 ? 11 : 14}>1 2026-01-01T00:00:00.000Z host-${i % STREAMS} checkout 99 - - ${said(i)}\n`,
  ).join(''),
)

/** The lines, dealt to streams. */
const streamed = Array.from({ length: STREAMS }, (_, n) => LOGFMT_LINES.filter((_line, i) => i % STREAMS === n))
const LOKI_JSON = Buffer.from(
  JSON.stringify({
    streams: streamed.map((lines, n) => ({
      stream: { app: 'checkout', pod: `checkout-${n}` },
      values: lines.map((line) => [`${NOW}000000`, line]),
    })),
  }),
)
const TIME = bytesField(1, varintField(1, NOW / 1000))
const LOKI_PROTOBUF = Buffer.concat(
  streamed.map((lines, n) => {
    const entries = lines.map((line) => bytesField(2, Buffer.concat([TIME, bytesField(2, line)])))
    return bytesField(1, Buffer.concat([bytesField(1, `{app="checkout", pod="checkout-${n}"}`), ...entries]))
  }),
)
const EVENTS = Buffer.from(
  JSON.stringify(
    Array.from({ length: LINES }, (_, i) => ({
      specversion: '1.0',
      id: String(i),
      type: 'com.example.deployed',
      source: '/ci/shop',
      time: '2026-01-01T00:00:00Z',
      namespace: 'shop',
      data: { message: said(i), version: i },
    })),
  ),
)

const LABELS = { app: 'checkout' }

function readAll(lines: readonly string[]): void {
  summaryOf(
    lines.map((line): LogRecord => ({ at: NOW, ...readLine(line), labels: LABELS })),
    NOW,
  )
}

function readSyslog(): void {
  const read = syslogReader()
  const summary = createSummary()
  const take = (record: LogRecord | string): void => void (typeof record !== 'string' && summary.note(record, NOW))
  const framing = createFraming({
    onMessage: (message) => take(read(message.toString(), '10.0.0.1', NOW)),
    onRefused: () => {},
    longestBytes: 65_536,
  })
  for (let at = 0; at < SYSLOG.length; at += 16_384) framing.push(SYSLOG.subarray(at, at + 16_384))
  summary.taken()
}

const WORK: Readonly<Record<string, Work>> = {
  'of Loki, JSON': {
    method: 'bodies of 1,000 logfmt lines in 20 streams',
    work: () => void summaryOf(decodeLokiJson(LOKI_JSON, NOW).records, NOW),
  },
  'of Loki, protobuf': {
    method: 'the same lines as protobuf, unpacked',
    work: () => void summaryOf(decodeLokiProtobuf(LOKI_PROTOBUF, NOW).records, NOW),
  },
  JSON: { method: 'lines that are JSON objects of four fields', work: () => readAll(JSON_LINES) },
  logfmt: { method: 'lines of five pairs', work: () => readAll(LOGFMT_LINES) },
  syslog: { method: 'RFC 5424 messages from 20 hosts, one a line, in pieces of 16 KiB', work: readSyslog },
  CloudEvents: {
    method: 'batches of 1,000 events',
    unit: 'events/s',
    work: () => void decodeCloudEvents({ headers: { 'content-type': BATCH }, body: EVENTS }, NOW),
  },
}
const BATCH = 'application/cloudevents-batch+json'

/** By the processor time of this thread: whoever else is busy here does not count. */
function perSecond(work: () => void): number {
  for (const until = performance.now() + LONG_ENOUGH_MS / 2; performance.now() < until;) work()
  const began = process.threadCpuUsage()
  let [rounds, usedMs] = [0, 0]
  while (usedMs < LONG_ENOUGH_MS) {
    work()
    rounds++
    const { user, system } = process.threadCpuUsage(began)
    usedMs = (user + system) / 1000
  }
  return (rounds * LINES * 1000) / usedMs
}

function figureOf(name: string, method: string, unit: string, value: number): Figure {
  const how = `${method}, one in ${ERROR_EVERY} an error, decoded and summed up by stream; per second of one thread's processor time`
  const settings = { lines: LINES, streams: STREAMS }
  return { name: `lines ${name}`, value: rounded(value), unit, higherIsBetter: true, method: how, settings }
}
