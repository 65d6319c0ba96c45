import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  metricsAsJson,
  metricsAsProtobuf,
  type OtlpAttributes,
  type OtlpMetric,
} from '../../../test/fixtures/otlp-metrics.ts'
import { keepingSink, type KeepingSink } from '../../../test/fixtures/sink.ts'
import { UsageError } from '../../domain/errors.ts'
import type { Decoded } from '../../domain/series.ts'
import { bytesField, doubleField, fixed64Field } from '../wire/protobuf-write.ts'
import type { OtlpForm } from './json.ts'
import { otlpMetricsReader } from './metrics.ts'

const NOW = Date.UTC(2026, 10, 22)
const SHOP = { 'service.name': 'shop', 'service.namespace': 'eu', 'service.instance.id': 'a1' }
const WRITE = { protobuf: metricsAsProtobuf, json: metricsAsJson }

type Read = Decoded & Pick<KeepingSink, 'series' | 'kinds'>

/** Reads bodies one after the other into one sink. */
function read(
  form: OtlpForm,
  bodies: readonly (readonly OtlpMetric[])[],
  { resource = SHOP, most }: { resource?: OtlpAttributes; most?: number } = {},
): Read {
  const sink = keepingSink(most)
  const reader = otlpMetricsReader({ resourceLabels: ['host.name'] })
  let decoded: Decoded = { samples: 0, refused: 0, reasons: [] }
  for (const metrics of bodies) decoded = reader.decode(WRITE[form](resource, metrics), form, NOW, sink)
  return { ...decoded, series: sink.series, kinds: sink.kinds }
}

/** The newest value of every series. */
function newest({ series }: Read): Record<string, number | undefined> {
  return Object.fromEntries([...series].map(([name, values]) => [name, [...values.values()].at(-1)]))
}

const JOB = 'instance="a1",job="eu/shop"'

describe.each<OtlpForm>(['protobuf', 'json'])('OTLP metrics as %s', (form) => {
  test('become series with names and labels as Prometheus translates them', () => {
    const got = read(form, [
      [
        {
          name: 'http.server.open',
          gauge: [{ at: NOW, value: 3, attributes: { 'http.route': '/x', ok: true, n: 5 } }],
        },
        { name: 'orders', unit: '{order}', sum: [{ at: NOW, value: 7, asInt: true }], monotonic: true },
        { name: 'queue.depth', sum: [{ at: NOW, value: -2 }] },
        { name: 'disk.used', unit: '1', gauge: [{ at: NOW, value: 0.5 }] },
      ],
    ])
    expect(newest(got)).toEqual({
      [`http_server_open{http_route="/x",${JOB},n="5",ok="true"}`]: 3,
      [`orders_total{${JOB}}`]: 7,
      [`queue_depth{${JOB}}`]: -2,
      [`disk_used_ratio{${JOB}}`]: 0.5,
    })
    expect([...got.kinds.values()]).toEqual([undefined, 'counter', 'gauge', 'ratio'])
    expect(got).toMatchObject({ samples: 4, refused: 0, reasons: [] })
  })

  test('chosen attributes of the resource become labels, and no point changes what the resource says', () => {
    const resource = { 'service.name': 'shop', 'host.name': 'h1', 'process.pid': 7 }
    const attributes = { job: 'mine', 'a.b': '1', a_b: '2', empty: '' }
    const got = read(form, [[{ name: 'x', gauge: [{ at: NOW, value: 1, attributes }] }]], { resource })
    expect(newest(got)).toEqual({ 'x{a_b="1;2",host_name="h1",job="shop"}': 1 })
  })

  test('the same labels in another order are the same series', () => {
    const [first, second] = [
      { zeta: '1', a: '2', 'b.c': '3', longest: '4' },
      { longest: '4', a: '2', zeta: '1', 'b.c': '3' },
    ]
    const points = (attributes: OtlpAttributes, value: number): OtlpMetric => ({
      name: 'x',
      gauge: [{ at: NOW + value, value, attributes }],
    })
    const got = read(form, [[points(first, 1)], [points(second, 2)]])
    expect([...got.series.values()].map((values) => [...values.values()])).toEqual([[1, 2]])
  })

  test('differences are summed up, and a body that comes twice counts once', () => {
    const body = (at: number, value: number): OtlpMetric[] => [
      { name: 'hits', delta: true, monotonic: true, sum: [{ at, value }] },
    ]
    const got = read(form, [body(NOW - 2, 5), body(NOW - 1, 3), body(NOW - 1, 3), body(NOW, 1), body(NOW, 1)])
    expect([...(got.series.get(`hits_total{${JOB}}`) ?? [])]).toEqual([
      [NOW - 2, 5],
      [NOW - 1, 8],
      [NOW, 9],
    ])
    expect(got).toMatchObject({ samples: 0, refused: 1 })
  })

  test('a histogram becomes count, sum, and buckets up to each bound', () => {
    const point = { at: NOW, count: 6, sum: 9.5, counts: [1, 2, 3], bounds: [0.1, 2.5] }
    const got = read(form, [[{ name: 'took', unit: 's', histogram: [point] }]])
    expect(newest(got)).toEqual({
      [`took_seconds_count{${JOB}}`]: 6,
      [`took_seconds_sum{${JOB}}`]: 9.5,
      [`took_seconds_bucket{${JOB},le="0.1"}`]: 1,
      [`took_seconds_bucket{${JOB},le="2.5"}`]: 3,
      [`took_seconds_bucket{${JOB},le="+Inf"}`]: 6,
    })
    expect([...new Set(got.kinds.values())]).toEqual(['counter'])
  })

  test('an exponential histogram has powers of two as bounds, whatever its scale, and keeps those that it had', () => {
    const at = (ms: number, more: object): OtlpMetric => ({
      name: 'took',
      exponential: [{ at: ms, count: 7, sum: 20, scale: 0, offset: 0, counts: [], ...more }],
    })
    // Scale 1: (1, 1.41], (1.41, 2], (2, 2.83]; scale 0: (0.5, 1]; scale -1: (1, 4].
    const got = read(form, [
      [at(NOW - 2, { scale: 1, offset: 0, counts: [1, 2, 3], zero: 1 })],
      [at(NOW - 1, { scale: 0, offset: -1, counts: [5], negative: [1, 1] })],
      [at(NOW, { scale: -1, offset: 0, counts: [7] })],
    ])
    const bucket = (le: string): (readonly [number, number])[] => [
      ...(got.series.get(`took_bucket{${JOB},le="${le}"}`) ?? []),
    ]
    expect(bucket('1')).toEqual([
      [NOW - 1, 7],
      [NOW, 0],
    ])
    expect(bucket('2').map(([, value]) => value)).toEqual([4, 7, 0])
    expect(bucket('4').map(([, value]) => value)).toEqual([7, 7, 7])
    expect(bucket('+Inf').map(([, value]) => value)).toEqual([7, 7, 7])
    expect(got).toMatchObject({ refused: 0 })
  })

  test('a summary becomes count, sum, and its quantiles', () => {
    const quantiles = [
      [0.5, 12],
      [0.99, 40],
    ] as const
    const got = read(form, [[{ name: 'took', summary: [{ at: NOW, count: 4, sum: 60, quantiles }] }]])
    expect(newest(got)).toEqual({
      [`took_count{${JOB}}`]: 4,
      [`took_sum{${JOB}}`]: 60,
      [`took{${JOB},quantile="0.5"}`]: 12,
      [`took{${JOB},quantile="0.99"}`]: 40,
    })
  })

  test('a point that says that there is no value any more ends its series', () => {
    const got = read(form, [
      [{ name: 'x', gauge: [{ at: NOW, value: 1, flags: 1 }] }],
      [{ name: 'h', histogram: [{ at: NOW, flags: 1, count: 0, counts: [], bounds: [] }] }],
    ])
    expect(newest(got)).toEqual({
      [`x{${JOB}}`]: Number.NaN,
      [`h_count{${JOB}}`]: Number.NaN,
      [`h_sum{${JOB}}`]: Number.NaN,
    })
  })

  test.each<[string, OtlpMetric, RegExp]>([
    ['of long ago', { name: 'x', gauge: [{ at: 5, value: 1 }] }, /before the year 2000/],
    ['of tomorrow', { name: 'x', gauge: [{ at: NOW + 86_400_000, value: 1 }] }, /ten minutes ahead/],
    ['without a name', { name: '...', gauge: [{ at: NOW, value: 1 }] }, /no name/],
    ['with a label that is huge', huge({ a: 'x'.repeat(9000) }), /"a" of "x" is longer than 8192/],
    ['with a label that has a huge name', huge({ ['n'.repeat(2000)]: '1' }), /name longer than 1024/],
    ['with labels that are huge together', huge(many(60, 'x'.repeat(2000))), /more than 64 kB/],
    ['with too many labels', huge(many(70, '1')), /more than 64 attributes/],
    [
      'with buckets that are none',
      { name: 'h', histogram: [{ at: NOW, count: 1, counts: [1], bounds: [1] }] },
      /one bucket more/,
    ],
    [
      'whose buckets do not sum up',
      { name: 'h', histogram: [{ at: NOW, count: 9, counts: [1, 2], bounds: [1] }] },
      /sum up/,
    ],
    [
      'whose bounds fall',
      { name: 'h', histogram: [{ at: NOW, count: 3, counts: [1, 1, 1], bounds: [2, 1] }] },
      /do not rise/,
    ],
    [
      'with more buckets than anybody needs',
      { name: 'h', histogram: [{ at: NOW, count: 0, counts: Array<number>(5000).fill(0), bounds: bounds(4999) }] },
      /more than 1024 buckets/,
    ],
    [
      'with a scale that nobody has',
      { name: 'h', exponential: [{ at: NOW, count: 1, scale: 40, offset: 0, counts: [1] }] },
      /scale/,
    ],
  ])('a point %s is refused for itself', (_what, metric, why) => {
    const good: OtlpMetric = { name: 'good', gauge: [{ at: NOW, value: 1 }] }
    const got = read(form, [[good, metric, { ...good, name: 'good.too' }]])
    expect([...got.series.keys()]).toEqual([`good{${JOB}}`, `good_too{${JOB}}`])
    expect(got).toMatchObject({ samples: 2, refused: 1 })
    expect(got.reasons.join()).toMatch(why)
  })

  test('a source that has as many series as it may is told how many points were shed', () => {
    const gauge = [1, 2, 3, 4].map((value) => ({ at: NOW, value, attributes: { n: value } }))
    const got = read(form, [[{ name: 'x', gauge }]], { most: 3 })
    expect(got).toMatchObject({ samples: 3, refused: 1, reasons: ['the source has as many series as it may have'] })
  })

  test('whatever bytes come, they are read or refused, and never anything else', () => {
    const body = WRITE[form](SHOP, [
      { name: 'x', gauge: [{ at: NOW, value: 1, attributes: { a: 'b', n: 5 } }] },
      { name: 'h', unit: 's', histogram: [{ at: NOW, count: 6, sum: 1, counts: [1, 2, 3], bounds: [1, 2] }] },
      { name: 'e', exponential: [{ at: NOW, count: 3, scale: 3, offset: -5, counts: [1, 2] }] },
      { name: 's', summary: [{ at: NOW, count: 3, sum: 3, quantiles: [[0.5, 1]] }] },
    ])
    const reader = otlpMetricsReader()
    const tryOut = (bytes: Uint8Array): void => {
      try {
        const { samples, refused } = reader.decode(bytes, form, NOW, keepingSink())
        expect(samples + refused).toBeGreaterThanOrEqual(0)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(UsageError)
      }
    }
    for (let end = 0; end < body.length; end++) tryOut(body.subarray(0, end))
    const change = fc.tuple(fc.nat(body.length - 1), fc.integer({ min: 0, max: 255 }))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = Buffer.from(body)
        for (const [at, byte] of changes) bytes[at] = byte
        tryOut(bytes)
      }),
      { numRuns: 2000 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), tryOut))
  })
})

function huge(attributes: OtlpAttributes): OtlpMetric {
  return { name: 'x', gauge: [{ at: NOW, value: 1, attributes }] }
}

function many(count: number, value: string): OtlpAttributes {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, value]))
}

function bounds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

test('both forms of the same metrics are the same series, with the same values', () => {
  const attributes = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.oneof(fc.string(), fc.integer(), fc.boolean()),
    {
      maxKeys: 6,
      noNullPrototype: true,
    },
  )
  const name = fc.string({ minLength: 1, maxLength: 20 })
  // JSON has no zero below zero.
  const value = fc.double().map((one) => one + 0)
  const metric = fc.record({
    name,
    unit: fc.constantFrom('', 's', 'ms', 'By', '1', '{x}/s', 'By/s'),
    gauge: fc.array(fc.record({ at: fc.constant(NOW), value, attributes }), { maxLength: 4 }),
  })
  fc.assert(
    fc.property(attributes, fc.array(metric, { maxLength: 4 }), (resource, metrics) => {
      const [protobuf, json] = [read('protobuf', [metrics], { resource }), read('json', [metrics], { resource })]
      expect(json).toEqual(protobuf)
    }),
  )
})

test('a label that is not UTF-8 refuses its point, and no other', () => {
  const pair = (value: Uint8Array): Uint8Array =>
    bytesField(7, Buffer.concat([bytesField(1, 'a'), bytesField(2, bytesField(1, value))]))
  const point = (value: Uint8Array): Uint8Array =>
    bytesField(1, Buffer.concat([fixed64Field(3, BigInt(NOW) * 1_000_000n), doubleField(4, 1), pair(value)]))
  const gauge = bytesField(
    5,
    Buffer.concat([point(Buffer.from('ok')), point(Uint8Array.of(0xff, 0xfe)), point(Buffer.from('é'))]),
  )
  const metric = bytesField(2, Buffer.concat([bytesField(1, 'x'), gauge]))
  const sink = keepingSink()
  const body = bytesField(1, bytesField(2, metric))
  const decoded = otlpMetricsReader().decode(body, 'protobuf', NOW, sink)
  expect([...sink.series.keys()]).toEqual(['x{a="ok"}', 'x{a="é"}'])
  expect(decoded).toMatchObject({ refused: 1, reasons: ['a name or a label is not UTF-8'] })
})

test('fields may come in any order', () => {
  const reversed = Buffer.concat([
    bytesField(
      2,
      bytesField(
        2,
        Buffer.concat([
          bytesField(
            7,
            Buffer.concat([
              bytesField(1, Buffer.concat([doubleField(4, 2), fixed64Field(3, BigInt(NOW) * 1_000_000n)])),
            ]),
          ),
          bytesField(1, 'x'),
        ]),
      ),
    ),
    bytesField(1, bytesField(1, Buffer.concat([bytesField(2, bytesField(1, 'shop')), bytesField(1, 'service.name')]))),
  ])
  const sink = keepingSink()
  otlpMetricsReader().decode(bytesField(1, reversed), 'protobuf', NOW, sink)
  expect([...sink.series.keys()]).toEqual(['x{job="shop"}'])
})
