import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyOfV1, type Sent } from '../../test/fixtures/remote-write.ts'
import { packSnappy } from '../../test/fixtures/snappy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { createDesk, type Desk } from './desk.ts'
import type { Delivery } from './messages.ts'
import { createOutbox } from './observed.ts'

const WEB = 'lab:shop/instance/web-1' as ResourceRef
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

test('a series at another level is loud, with what it is like, and one spike is not', () => {
  const it = desk()
  const minute = (i: number): number => NOW - (500 - i) * 60_000
  // Not random, and never twice the same.
  const calm = (i: number): number => 100 + 5 * Math.sin(i * i)
  for (let i = 0; i < 500; i++) {
    const [moved, spiked] = [i < 495 ? calm(i) : 900, i === 497 ? 900 : calm(i)]
    it.take(written([series('moved', 'a', [[minute(i), moved]]), series('spiked', 'a', [[minute(i), spiked]])]), NOW)
  }
  expect(it.loudest(NOW)).toEqual([
    {
      metric: 'moved',
      labels: { pod: 'a' },
      source: 'a',
      since: minute(495),
      at: minute(499),
      evidence: expect.toSatisfy((evidence: number) => evidence >= 4),
      value: 900,
      text: expect.stringContaining('gauge: moves around 101, mostly between 95.1 and 105'),
    },
  ])
  expect(it.counts().loud).toBeGreaterThan(5)
  expect(it.loudest(NOW + 600_000)).toEqual([])
})

test('of what this process looks at, the loud say their target', () => {
  const it = desk()
  const outbox = createOutbox()
  for (let i = 0; i < 200; i++) {
    const value = i < 195 ? 100 + 5 * Math.sin(i * i) : 900
    const sample = { metric: 'load', labels: {}, target: WEB, at: NOW - (200 - i) * 1000, value }
    const packed = outbox.pack({ source: 'node', intervalMs: 1000, samples: [sample] })
    if (packed) it.observe(packed)
  }
  expect(it.loudest(NOW)).toMatchObject([{ metric: 'load', labels: {}, target: WEB, source: 'node' }])
})
