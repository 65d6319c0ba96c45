import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyOfV1, type Sent } from '../../test/fixtures/remote-write.ts'
import { packSnappy } from '../../test/fixtures/snappy.ts'
import { createDesk, type Desk } from './desk.ts'
import type { Delivery } from './messages.ts'

const NOW = Date.UTC(2026, 10, 22)
const desk = (limits: { maxSeries?: number; perSource?: number } = {}): Desk =>
  createDesk({ maxSeries: 1000, perSource: 1000, seed: 7, ...limits })

const written = (series: readonly Sent[], source = 'a'): Delivery => ({
  protocol: 'remote-write',
  form: 'protobuf',
  encoding: 'snappy',
  source,
  body: new Uint8Array(packSnappy(bodyOfV1(series))),
})
const series = (metric: string, pod: string, samples: Sent['samples'] = [[NOW, 1]]): Sent => ({
  labels: { __name__: metric, pod },
  samples,
})

test('of named metrics every sample is told, and of others none', () => {
  const sample = fc.record({ metric: fc.constantFrom('up', 'load', 'other'), pod: fc.constantFrom('a', 'b', 'c') })
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 40 }), (sent) => {
      const it = desk()
      it.name(['up', 'load'])
      const told: string[] = []
      const names = new Map<number, string>()
      for (const [i, { metric, pod }] of sent.entries()) {
        it.take(written([series(metric, pod, [[NOW + i * 1000, i]])]), NOW + 60_000)
        const some = it.told()
        for (const one of some?.series ?? []) names.set(one.number, `${one.metric} ${one.labels['pod']}`)
        for (const [j, number] of [...(some?.numbers ?? [])].entries()) {
          told.push(`${names.get(number)} ${some?.values[j]} at ${some?.at[j]}`)
        }
      }
      const expected = sent.flatMap(({ metric, pod }, i) =>
        metric === 'other' ? [] : [`${metric} ${pod} ${i} at ${NOW + i * 1000}`],
      )
      expect(told).toEqual(expected)
    }),
    { numRuns: 50 },
  )
})

test('a metric that is named later is told from then on, and no more once it is not', () => {
  const it = desk()
  it.take(written([series('up', 'a')]), NOW)
  expect(it.told()).toBeUndefined()
  it.name(['up'])
  expect(it.told()?.series).toMatchObject([{ metric: 'up', labels: { pod: 'a' }, source: 'a' }])
  it.take(written([series('up', 'a', [[NOW + 1000, 2]])]), NOW)
  expect([...(it.told()?.values ?? [])]).toEqual([2])
  it.name([])
  it.take(written([series('up', 'a', [[NOW + 2000, 3]])]), NOW)
  expect(it.told()).toMatchObject({ ended: [1], values: new Float64Array() })
})

test('what ends a series is not told as a value', () => {
  const it = desk()
  it.name(['up'])
  it.take(written([series('up', 'a', [[NOW, Number.NaN]])]), NOW)
  expect(it.told()?.values).toEqual(new Float64Array())
})

test('a source has only so many series: what is beyond is counted, said, and keeps nobody else out', () => {
  const it = desk({ perSource: 2 })
  const many = ['a', 'b', 'c', 'd'].map((pod) => series('up', pod))
  expect(it.take(written(many), NOW)).toMatchObject({ samples: 2, refused: 2, shed: 2 })
  expect(it.take(written(many), NOW)).toMatchObject({ shed: 2 })
  expect(it.take(written([series('up', 'z')], 'other'), NOW)).toMatchObject({ samples: 1, shed: 0 })
  expect(it.counts()).toMatchObject({ series: 3, shed: 4, limited: [{ source: 'a', series: 2, shed: 4 }] })
})

test('ten thousand sources are as many as a thousand', () => {
  const it = desk()
  for (let i = 0; i < 3000; i++) it.take(written([series('up', `${i}`)], `s${i}`), NOW)
  expect(it.counts()).toMatchObject({ series: 1000 })
  expect(it.counts().limited.length).toBeLessThanOrEqual(1001)
})

test('cut off or of random bytes, a body is refused, and the next is taken', () => {
  const it = desk()
  const whole = written([series('up', 'a'), series('load', 'a')]).body
  const protocols: Delivery['protocol'][] = [
    'remote-write',
    'remote-write-v2',
    'otlp-metrics',
    'otlp-logs',
    'otlp-traces',
    'loki',
  ]
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.nat(whole.length).map((length) => whole.slice(0, length)),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...protocols),
      fc.constantFrom('protobuf', 'json'),
      fc.constantFrom('identity', 'gzip', 'snappy'),
      bytes,
      (protocol, form, encoding, body) => {
        try {
          it.take({ protocol, form, encoding, source: 'fuzz', body: new Uint8Array(body) }, NOW)
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'UsageError' })
        }
        expect(it.take(written([series('up', 'a')]), NOW).samples).toBe(1)
      },
    ),
    { numRuns: 2000 },
  )
})
