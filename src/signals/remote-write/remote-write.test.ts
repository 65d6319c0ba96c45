import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../domain/errors.ts'
import type { SampleSink } from '../../domain/series.ts'
import { memorySink } from '../../../test/fakes/memory-sink.ts'
import { bodyOfV1, bodyOfV2, packedDoubles, packedVarints, type Sent } from '../../../test/fixtures/remote-write.ts'
import { bytesField, doubleField, varintField } from '../wire/protobuf-write.ts'
import { unsnappy } from '../wire/snappy.ts'
import { decodeRemoteWrite } from './v1.ts'
import { decodeRemoteWriteV2 } from './v2.ts'
import type { RemoteWriteOptions, RemoteWritten } from './written.ts'

const NOW = Date.UTC(2026, 10, 22)
const BOTH = [
  ['1', bodyOfV1, decodeRemoteWrite],
  ['2', bodyOfV2, decodeRemoteWriteV2],
] as const

const read = (
  decode: typeof decodeRemoteWrite,
  body: Uint8Array,
  sink: SampleSink = memorySink(),
  options: Partial<RemoteWriteOptions> = {},
): RemoteWritten => decode(body, sink, { now: NOW, ...options })

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('__proto__', 'constructor'))
const name = text.filter((text) => text !== '' && text !== '__name__')
const sample = fc.tuple(fc.integer({ min: NOW - 1e9, max: NOW }), fc.double({ noNaN: true }))
const sent: fc.Arbitrary<Sent> = fc
  .record({
    metric: name,
    labels: fc.uniqueArray(fc.tuple(name, name), { selector: ([name]) => name, maxLength: 8 }),
    samples: fc.array(sample, { minLength: 1, maxLength: 3 }),
    hasExemplar: fc.boolean(),
  })
  .map(({ metric, labels, ...rest }) => ({ labels: [['__name__', metric], ...labels], ...rest }))

/** The same as the sink has it. */
function expected(series: readonly Sent[]): string[] {
  const sink = memorySink()
  for (const { labels, samples = [] } of series) {
    const pairs = labels as [string, string][]
    const key = Buffer.from(JSON.stringify(pairs))
    const about = { metric: pairs[0]![1], labels: Object.fromEntries(pairs.slice(1)) }
    const slot = sink.slotOf(key, 0, key.length, () => about)
    for (const [at, value] of samples) sink.push(slot, at, value)
  }
  return sink.lines()
}

describe.each(BOTH)('remote write %s', (_, bodyOf, decode) => {
  test('what is sent is taken in, and the same bytes are the same series', () => {
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 10 }), (series) => {
        const sink = memorySink()
        const samples = series.reduce((sum, { samples = [] }) => sum + samples.length, 0)
        const written = { samples, refused: 0, reasons: [], histograms: 0 }
        expect(read(decode, bodyOf(series), sink)).toEqual(written)
        expect(sink.lines()).toEqual(expected(series))
        const before = sink.taken.length
        read(decode, bodyOf(series), sink)
        expect(sink.taken.length).toBe(before)
      }),
    )
  })

  test('a stale marker, and whatever is no number, ends a series', () => {
    const sink = memorySink()
    const [stale, plain] = [0x7ff0000000000002n, 0x7ff8000000000001n].map((bits) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64LE(bits)
      return bytes
    })
    const body = Buffer.from(
      bodyOf([
        {
          labels: { __name__: 'up' },
          samples: [
            [NOW, 1234.5],
            [NOW + 1, 1234.5],
          ],
        },
      ]),
    )
    const value = packedDoubles([1234.5])
    for (const bits of [stale!, plain!]) bits.copy(body, body.indexOf(value))
    expect(read(decode, body, sink).samples).toBe(2)
    expect(sink.taken[0]!.samples.map(([, value]) => value)).toEqual([NaN, NaN])
  })

  test.each<[string, Sent['labels'], string]>([
    ['no name', { job: 'a' }, 'has no name'],
    ['an empty name', { __name__: '' }, 'has no name'],
    [
      'two names',
      [
        ['__name__', 'up'],
        ['__name__', 'down'],
      ],
      "'__name__' twice",
    ],
    [
      'a label twice',
      [
        ['__name__', 'up'],
        ['a', '1'],
        ['b', '1'],
        ['a', '2'],
      ],
      "'a' twice",
    ],
    ['a label without a name', { __name__: 'up', '': 'x' }, 'a label has no name'],
    [
      'a value that is not UTF-8',
      [
        ['__name__', 'up'],
        ['a', Buffer.of(0xc3, 0x28)],
      ],
      'not UTF-8',
    ],
    [
      'a long value that is not UTF-8',
      [
        ['__name__', 'up'],
        ['a', Buffer.alloc(90, 0xff)],
      ],
      'not UTF-8',
    ],
    ['a label name too long', { __name__: 'up', ['a'.repeat(1025)]: '' }, 'too long'],
    ['a metric name too long', { __name__: 'a'.repeat(1025) }, 'too long'],
    ['a value too long', { __name__: 'up', a: 'a'.repeat(8193) }, 'too long'],
    [
      'too many labels',
      Object.fromEntries([['__name__', 'up'], ...Array.from({ length: 65 }, (_, i) => [`l${i}`, 'x'])]),
      'more than 64 labels',
    ],
  ])('a series with %s is refused for itself, and says why', (_, labels, why) => {
    const sink = memorySink()
    const good = { labels: { __name__: 'good' }, samples: [[NOW, 1]] } satisfies Sent
    const bad = {
      labels,
      samples: [
        [NOW, 1],
        [NOW + 1, 2],
      ],
    } satisfies Sent
    const written = read(decode, bodyOf([good, bad, good]), sink)
    expect(written).toMatchObject({ samples: 2, refused: 2, reasons: [expect.stringContaining(why)] })
    expect(sink.lines()).toEqual([`good 1 @${NOW}`, `good 1 @${NOW}`])
  })

  test('labels without a value are the same as none', () => {
    const sink = memorySink()
    read(decode, bodyOf([{ labels: { __name__: 'up', a: '', b: '1' }, samples: [[NOW, 1]] }]), sink)
    expect(sink.lines()).toEqual([`up{b="1"} 1 @${NOW}`])
  })

  test('samples of no sane time are refused for themselves', () => {
    const times = [0, -1, Date.UTC(2000) - 1, NOW + 600_001, Date.UTC(2000), NOW + 600_000]
    const written = read(decode, bodyOf([{ labels: { __name__: 'up' }, samples: times.map((at) => [at, 1]) }]))
    expect(written).toMatchObject({ samples: 2, refused: 4 })
    expect(written.reasons).toEqual([expect.stringContaining('2000'), expect.stringContaining('ahead')])
  })

  test('what the source may not have is counted as refused', () => {
    const series = ['a', 'b', 'c'].map((metric): Sent => ({ labels: { __name__: metric }, samples: [[NOW, 1]] }))
    expect(read(decode, bodyOf(series), memorySink(2))).toMatchObject({
      samples: 2,
      refused: 1,
      reasons: ['the source has as many series as it may have'],
    })
  })

  test('a native histogram becomes what a classic one would be, a bucket a doubling', () => {
    const sink = memorySink()
    // Schema 1: buckets end at 2^(i/2). Indexes 0, 1, 2 and 6 hold 3, 1, 2 and 4; two were below -1, one near zero.
    const native = [
      varintField(1, 13),
      doubleField(3, 20),
      varintField(4, 2),
      doubleField(5, 0.001),
      varintField(6, 1),
      bytesField(8, Buffer.concat([varintField(1, 2), varintField(2, 1)])),
      bytesField(9, packedVarints([4])),
      bytesField(11, Buffer.concat([varintField(1, 0), varintField(2, 3)])),
      bytesField(11, Buffer.concat([varintField(1, 6), varintField(2, 1)])),
      bytesField(12, packedVarints([6, 3, 2, 4])),
    ]
    const series = [{ labels: { __name__: 'took', job: 'web' }, native, nativeAt: NOW, type: 3 }]
    expect(read(decode, bodyOf(series), sink)).toEqual({ samples: 0, refused: 0, reasons: [], histograms: 1 })
    const bucket = (le: string, count: number): string => `took_bucket{job="web",le="${le}"} ${count} @${NOW}`
    expect(sink.lines()).toEqual(
      [
        `took_count{job="web"} 13 @${NOW}`,
        `took_sum{job="web"} 20 @${NOW}`,
        bucket('-1', 2),
        bucket('0.001', 3),
        bucket('1', 6),
        bucket('2', 9),
        bucket('8', 13),
        bucket('+Inf', 13),
      ].sort(),
    )
  })

  test('a native histogram with bounds of its own keeps them', () => {
    const sink = memorySink()
    const native = [
      doubleField(2, 6),
      doubleField(3, 9),
      varintField(4, 105),
      bytesField(11, Buffer.concat([varintField(1, 0), varintField(2, 3)])),
      bytesField(13, packedDoubles([1, 2, 3])),
      bytesField(16, packedDoubles([0.5, 2.5])),
    ]
    read(decode, bodyOf([{ labels: { __name__: 'took' }, native, nativeAt: NOW }]), sink)
    expect(sink.lines().filter((line) => line.includes('bucket'))).toEqual([
      `took_bucket{le="+Inf"} 6 @${NOW}`,
      `took_bucket{le="0.5"} 1 @${NOW}`,
      `took_bucket{le="2.5"} 3 @${NOW}`,
    ])
  })

  test('a native histogram that cannot be, or of no sane time, is refused for itself; a stale one ends', () => {
    const runs = bytesField(11, Buffer.concat([varintField(1, 0), varintField(2, 4_000_000_000)]))
    const end = Buffer.alloc(9)
    end.writeBigUInt64LE(0x7ff0000000000002n, 1)
    end[0] = 25
    const series = [[varintField(1, 1), runs], [varintField(4, 18)], [varintField(1, 1)], [end]].map(
      (native, i): Sent => ({ labels: { __name__: `n${i}` }, native, nativeAt: i === 2 ? 1 : NOW }),
    )
    const sink = memorySink()
    expect(read(decode, bodyOf(series), sink)).toMatchObject({ refused: 3, histograms: 1 })
    expect(sink.lines().filter((line) => !line.includes('n2'))).toEqual([`n3_count NaN @${NOW}`, `n3_sum NaN @${NOW}`])
  })

  test('what is cut off, changed or made up is read or refused with a UsageError', () => {
    const body = fc.array(sent, { minLength: 1, maxLength: 5 }).map(bodyOf)
    const hurt = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(body, fc.nat()).map(([body, place]) => body.subarray(0, place % body.length)),
      fc.tuple(body, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })).map(([body, changes]) => {
        for (const [place, byte] of changes) body[place % body.length] = byte
        return body
      }),
    )
    fc.assert(
      fc.property(hurt, (body) => {
        try {
          read(decode, body)
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

test('a sender that changes over to version 2 keeps its series', () => {
  fc.assert(
    fc.property(fc.array(sent, { minLength: 1, maxLength: 5 }), (series) => {
      const sink = memorySink()
      read(decodeRemoteWrite, bodyOfV1(series), sink)
      const before = sink.taken.length
      read(decodeRemoteWriteV2, bodyOfV2(series), sink)
      expect(sink.taken.length).toBe(before)
    }),
  )
})

test('version 1 tells kinds by themselves, version 2 with each series', () => {
  const told: unknown[] = []
  const metadata = [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['d', 5],
    ['e', 0],
    ['f', 99],
  ] as const
  read(decodeRemoteWrite, bodyOfV1([], metadata), undefined, { metadata: (...each) => told.push(each) })
  expect(told).toEqual([
    ['a', 'counter'],
    ['b', 'gauge'],
    ['c', 'histogram'],
  ])

  const sink = memorySink()
  const types = { hits_total: 1, heat: 2, took_bucket: 3, took_sum: 3, took: 3, lasted: 5, lasted_count: 5, what: 0 }
  const series = Object.entries(types).map(([metric, type]): Sent => {
    return { labels: { __name__: metric }, samples: [[NOW, 1]], type }
  })
  read(decodeRemoteWriteV2, bodyOfV2(series), sink)
  expect(Object.fromEntries(sink.taken.map(({ about }) => [about.metric, about.kind]))).toEqual({
    hits_total: 'counter',
    heat: 'gauge',
    took_bucket: 'counter',
    took_sum: 'counter',
    took: 'histogram',
    lasted: 'gauge',
    lasted_count: 'counter',
    what: undefined,
  })
})

const sampleField = bytesField(2, Buffer.concat([doubleField(1, 1), varintField(2, NOW)]))
const label = (name: string): Uint8Array => bytesField(1, Buffer.concat([bytesField(1, name), bytesField(2, 'up')]))

test('labels behind samples are not guessed at', () => {
  const body = bytesField(1, Buffer.concat([label('__name__'), sampleField, label('a'), sampleField]))
  expect(read(decodeRemoteWrite, body)).toMatchObject({
    samples: 1,
    refused: 1,
    reasons: ['a series has labels behind its samples'],
  })
})

test.each([
  ['have a value that is no symbol', bytesField(1, packedVarints([1, 2, 1, 7]))],
  ['have a name that is no symbol', bytesField(1, packedVarints([1, 2, 7, 2]))],
  ['have no value', bytesField(1, packedVarints([1]))],
  ['are not packed', Buffer.concat([varintField(1, 1), varintField(1, 2)])],
])('version 2: a series whose labels %s is refused for itself', (_, refs) => {
  const symbols = ['', '__name__', 'up'].map((symbol) => bytesField(4, symbol))
  const good = bytesField(5, Buffer.concat([bytesField(1, packedVarints([1, 2])), sampleField]))
  const bad = bytesField(5, Buffer.concat([refs, sampleField]))
  const written = read(decodeRemoteWriteV2, Buffer.concat([...symbols, bad, good, bad]))
  expect(written).toMatchObject({ samples: 1, refused: 2, reasons: [expect.any(String)] })
})

test('version 2: labels may come in parts, and not behind samples', () => {
  const symbols = ['', '__name__', 'up', 'a', 'b'].map((symbol) => bytesField(4, symbol))
  const [first, second] = [
    [1, 2],
    [3, 4],
  ].map((refs) => bytesField(1, packedVarints(refs)))
  const series = [
    [first!, second!, sampleField],
    [first!, sampleField, second!, sampleField],
  ].map((fields) => bytesField(5, Buffer.concat(fields)))
  const sink = memorySink()
  expect(read(decodeRemoteWriteV2, Buffer.concat([...symbols, ...series]), sink)).toMatchObject({
    samples: 2,
    refused: 1,
  })
  expect(sink.lines()).toEqual([`up 1 @${NOW}`, `up{a="b"} 1 @${NOW}`])
})

test('few symbols that would become very long labels are refused, quickly', () => {
  const symbols = ['', '__name__', 'up', 'x'.repeat(8000)].map((symbol) => bytesField(4, symbol))
  const series = bytesField(5, Buffer.concat([bytesField(1, packedVarints([1, 2, 3, 3])), sampleField]))
  const body = Buffer.concat([...symbols, ...Array.from({ length: 50_000 }, () => series)])
  const began = performance.now()
  const written = read(decodeRemoteWriteV2, body)
  expect(performance.now() - began).toBeLessThan(2000)
  expect(written.refused).toBe(50_000)
})

test('more symbols than any sender has are refused before they take memory', () => {
  const body = Buffer.alloc(2 * 1_000_001, bytesField(4, ''))
  expect(() => read(decodeRemoteWriteV2, body)).toThrow('over 1000000 symbols')
})

/** As a Prometheus 2.42 sent it. */
const REAL = [
  '0gXwTwpkChYKCF9fbmFtZV9fEgpub2RlX2xvYWQxCg4KB2NsdXN0ZXISA2xhYgobCghpbnN0YW5jZRIPMTI3LjAuMC4xOjE5MTAwCgsKA2pvYh',
  'IEAUBUEhAJj8L1KFyPBkAQztDI6p80CmUKFx1mAAsBJglmADXyZwAcFK5H4XoU7j8RZ17NAPZmAAThegFoAP4VZgxcCg4KOTMIAnVw8sQAAAAF',
  'AQDwFV4IeAoeHV5IEmFwcF9yZXF1ZXN0c190b3RhbEJuADALCgRjb2RlEgMyMDAKXqYBGDgwODAKCgolphQDYXBwEhANehAUQBC00SWlCGgKGx',
  '16QA9hcHBfZXJyb3JfcmF0aW8KnhACSmoABHsUIakEhD8RagRbCt5CAUpdADgAAAAAAADwPxC00cjqnzQ=',
].join('')

test('what a real Prometheus sent is read', () => {
  const sink = memorySink()
  read(decodeRemoteWrite, unsnappy(Buffer.from(REAL, 'base64'), 1000), sink, { now: 1_795_251_400_000 })
  expect(sink.lines()).toEqual([
    'app_error_ratio{cluster="lab",instance="127.0.0.1:18080",job="app"} 0.01 @1795251382452',
    'app_requests_total{cluster="lab",code="200",instance="127.0.0.1:18080",job="app"} 5 @1795251382452',
    'node_load15{cluster="lab",instance="127.0.0.1:19100",job="node"} 0.94 @1795251382350',
    'node_load1{cluster="lab",instance="127.0.0.1:19100",job="node"} 2.82 @1795251382350',
    'node_load5{cluster="lab",instance="127.0.0.1:19100",job="node"} 1.93 @1795251382350',
    'up{cluster="lab",instance="127.0.0.1:18080",job="app"} 1 @1795251382452',
    'up{cluster="lab",instance="127.0.0.1:19100",job="node"} 1 @1795251382350',
  ])
})
