import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../test/any-text.ts'
import { UsageError } from '../../domain/errors.ts'
import type { DecodedLines, LogRecord } from '../../domain/log-record.ts'
import { bytesField, varintField } from '../wire/protobuf-write.ts'
import { unsnappy } from '../wire/snappy.ts'
import { labelsIn } from './labels.ts'
import { decodeLokiJson } from './loki-json.ts'
import { decodeLokiProtobuf } from './loki-protobuf.ts'

const NOW = Date.UTC(2026, 10, 22, 10)
const nanos = (at: number): string => `${at}000000`

type Line = readonly [at: number, line: string, metadata?: Readonly<Record<string, string>>]
type Given = { readonly labels: Readonly<Record<string, string>>; readonly lines: readonly Line[] }

function jsonOf(streams: readonly Given[]): Buffer {
  const given = streams.map(({ labels, lines }) => ({
    stream: labels,
    values: lines.map(([at, line, metadata]) => [nanos(at), line, ...(metadata ? [metadata] : [])]),
  }))
  return Buffer.from(JSON.stringify({ streams: given }))
}

/** As an agent in Go writes it: labels as text, quoted as Go quotes. */
function protobufOf(streams: readonly Given[]): Buffer {
  return Buffer.concat(
    streams.map(({ labels, lines }) => {
      const list = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      const entries = lines.map((line) => bytesField(2, entryOf(line)))
      return bytesField(1, Buffer.concat([bytesField(1, `{${list.join(', ')}}`), ...entries, varintField(3, 99)]))
    }),
  )
}

function entryOf([at, line, metadata = {}]: Line): Buffer {
  const time = Buffer.concat([varintField(1, Math.floor(at / 1000)), varintField(2, (at % 1000) * 1e6)])
  const pairs = Object.entries(metadata).map(([name, value]) =>
    bytesField(3, Buffer.concat([bytesField(1, name), bytesField(2, value)])),
  )
  return Buffer.concat([bytesField(1, time), bytesField(2, line), ...pairs])
}

const FORMS: readonly [string, (streams: readonly Given[]) => DecodedLines<LogRecord>][] = [
  ['JSON', (streams) => decodeLokiJson(jsonOf(streams), NOW)],
  ['protobuf', (streams) => decodeLokiProtobuf(protobufOf(streams), NOW)],
]

describe.each(FORMS)('a push as %s', (_, decode) => {
  test('gives every line its stream, its time, and how bad it is', () => {
    const labels = { app: 'web', pod: 'web-1', level: 'warn' }
    const { records, refused } = decode([
      {
        labels,
        lines: [
          [NOW - 5, 'level=error msg="no room"'],
          [NOW - 4, 'plain', { detected_level: 'fatal' }],
          [NOW - 3, 'plain'],
        ],
      },
      { labels: { app: 'api' }, lines: [[NOW, 'plain']] },
    ])
    expect(refused).toBe(0)
    expect(records).toEqual([
      { at: NOW - 5, text: 'no room', level: 'error', labels },
      { at: NOW - 4, text: 'plain', level: 'fatal', labels },
      { at: NOW - 3, text: 'plain', level: 'warn', labels },
      { at: NOW, text: 'plain', level: 'unknown', labels: { app: 'api' } },
    ])
    expect(records[0]?.labels).toBe(records[1]?.labels)
  })

  test('keeps what can be read beside what cannot', () => {
    const { records, refused, reasons } = decode([
      { labels: {}, lines: [[NOW, 'of nobody']] },
      { labels: { app: 'x'.repeat(3000) }, lines: [[NOW, 'of one with a name without end']] },
      {
        labels: { app: 'web' },
        lines: [
          [5000, 'old'],
          [NOW + 3_600_000, 'of tomorrow'],
          [NOW, 'x'.repeat(300_000)],
          [NOW, 'good'],
        ],
      },
    ])
    expect(records.map(({ text }) => text)).toEqual(['good'])
    expect(refused).toBe(5)
    expect(reasons).toEqual([
      'a stream is refused: it has no labels',
      'a stream is refused: it has a label longer than 2048 characters',
      'the time of a line is before the year 2000, or more than ten minutes ahead',
      'a line is longer than 262144 characters',
    ])
  })
})

test('a body that a real sender made (winston-loki 6.1, protobuf in snappy) is read', () => {
  const body = Buffer.from(
    'VHwKUgole2xldmVsPSJlcnJvciIsYXBwPSJ3ZWIiLHBvZAUKuC0xIn0SKQoMCOT4iNgGEMC6tPQCEhlubyByb29tIHsibGV2ZWwiOiJlcnJvciJ9',
    'base64',
  )
  const { records, refused } = decodeLokiProtobuf(unsnappy(body, 1000), Date.UTC(2026, 11, 1))
  expect(refused).toBe(0)
  expect(records).toMatchObject([
    { text: 'no room {"level":"error"}', level: 'error', labels: { level: 'error', app: 'web', pod: 'web-1' } },
  ])
})

test('both forms say the same', () => {
  const name = fc.stringMatching(/^[a-z_]{1,8}$/).filter((one) => !/level|severity/.test(one))
  // Without lone surrogates, which are no text, and what JSON quotes otherwise than Go does.
  const text = anyText(20).map((one) => one.toWellFormed().replaceAll('\uFFFD', '?'))
  const given: fc.Arbitrary<Given> = fc.record({
    labels: fc.dictionary(name, text, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    lines: fc.array(fc.tuple(fc.integer({ min: NOW - 1e9, max: NOW }), text), { maxLength: 4 }),
  })
  fc.assert(
    fc.property(fc.array(given, { maxLength: 4 }), (streams) => {
      const [json, protobuf] = FORMS.map(([, decode]) => decode(streams))
      expect(protobuf).toEqual(json)
      expect(json?.records).toHaveLength(streams.flatMap(({ lines }) => lines).length)
    }),
  )
})

test('labels as Go quotes them', () => {
  expect(labelsIn('{a="b", c_1 = "x\\"y\\\\z\\n\\u00e9\\x41\\U0001f600",}')).toEqual({
    a: 'b',
    c_1: 'x"y\\z\né\u0041😀',
  })
  expect(labelsIn('{a=`raw \\n`}')).toEqual({ a: 'raw \\n' })
  for (const wrong of [
    '',
    '{',
    '{a}',
    '{a="b" c="d"}',
    '{a="b',
    '{="b"}',
    '{a="\\q"}',
    '{a="b"} x',
    '{a="\\U7fffffff"}',
  ]) {
    expect(labelsIn(wrong)).toBe('its labels are not written as {name="value"}')
  }
  expect(labelsIn('{a="b",a="c"}')).toBe('it has a label twice')
})

test('a body of strange bytes, cut off or changed, is refused or read, and nothing worse', () => {
  const good = [
    { labels: { app: 'web' }, lines: [[NOW, 'a line'] as const, [NOW, '{"level":"error","msg":"b"}'] as const] },
  ]
  const cases = [
    { decode: decodeLokiProtobuf, body: protobufOf(good) },
    { decode: decodeLokiJson, body: jsonOf(good) },
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...cases),
      fc.nat(200),
      fc.uint8Array({ maxLength: 30 }),
      fc.nat(200),
      ({ decode, body }, at, strange, cut) => {
        const mixed = Buffer.concat([body.subarray(0, at), strange, body.subarray(Math.min(at + cut, body.length))])
        try {
          expect(decode(mixed, NOW).records.length).toBeLessThanOrEqual(100)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(UsageError)
        }
      },
    ),
    { numRuns: 2000 },
  )
})

test('bytes that are no text harm only themselves', () => {
  const strange = Buffer.from([0x61, 0xff, 0x62])
  const entry = (line: string | Uint8Array): Uint8Array =>
    bytesField(2, Buffer.concat([bytesField(1, varintField(1, NOW / 1000)), bytesField(2, line)]))
  const body = Buffer.concat([
    bytesField(1, Buffer.concat([bytesField(1, '{a="b"}'), entry(strange), entry('good')])),
    bytesField(
      1,
      Buffer.concat([bytesField(1, Buffer.concat([Buffer.from('{a="'), strange, Buffer.from('"}')])), entry('lost')]),
    ),
  ])
  const { records, refused, reasons } = decodeLokiProtobuf(body, NOW)
  expect(records.map(({ text }) => text)).toEqual(['a\uFFFDb', 'good'])
  expect([refused, reasons]).toEqual([1, ['a stream is refused: it has a label that is not UTF-8']])
})

test('no more lines are taken of one body than is good', () => {
  const lines = Array.from({ length: 100_010 }, (): Line => [NOW, ''])
  const { records, refused } = decodeLokiJson(jsonOf([{ labels: { a: 'b' }, lines }]), NOW)
  expect([records.length, refused]).toEqual([100_000, 10])
})
