import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REFUSED, SHED, type Describe, type SampleSink, type SeriesAbout } from '../../domain/series.ts'
import { createSeriesBank, type BankOptions, type SeriesBank } from './bank.ts'
import { kindOf } from './kind.ts'

const HOUR_MS = 3_600_000
const encoder = new TextEncoder()

const bankOf = (options: Partial<BankOptions> = {}): SeriesBank =>
  createSeriesBank({ maxSeries: 1000, seed: 1, windowSamples: 8, ...options })

const described =
  (about: SeriesAbout): Describe =>
  () =>
    about

/** The slot of a series that is called like its key. */
function slotOf(sink: SampleSink, name: string, about: SeriesAbout = { metric: name, labels: {} }): number {
  const bytes = encoder.encode(name)
  return sink.slotOf(bytes, 0, bytes.length, described(about))
}

function pushAll(sink: SampleSink, slot: number, values: readonly number[], stepMs = 1000): void {
  values.forEach((value, i) => sink.push(slot, (i + 1) * stepMs, value))
}

test('a series is what it was described as, whatever characters that has', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 }).map((string) => string.toWellFormed())
  const labels = fc.dictionary(
    text.filter((name) => name !== '__proto__'),
    text,
    { maxKeys: 8 },
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(text, labels), { maxLength: 20 }), (all) => {
      const bank = bankOf()
      const sink = bank.sinkFor('shop')
      const slots = all.map(([metric, these], i) => slotOf(sink, `${i}`, { metric, labels: { ...these } }))
      expect(slots.map((slot) => bank.about(slot))).toEqual(
        all.map(([metric, these]) => ({ metric, labels: { ...these }, kind: kindOf(metric), source: 'shop' })),
      )
    }),
    { numRuns: 15 },
  )
})

test('bytes that name nothing are refused, and so is a name that is too long to keep', () => {
  const sink = bankOf().sinkFor('shop')
  expect(sink.slotOf(encoder.encode('?'), 0, 1, () => 'no name')).toBe(REFUSED)
  expect(slotOf(sink, 'long', { metric: 'up', labels: { path: 'x'.repeat(70_000) } })).toBe(REFUSED)
  expect(slotOf(sink, 'fine')).toBeGreaterThanOrEqual(0)
})

test('the same bytes are the same series of one source, and another of another', () => {
  const bank = bankOf()
  const [a, b] = [bank.sinkFor('a'), bank.sinkFor('b')]
  expect(slotOf(a, 'up')).toBe(slotOf(a, 'up'))
  expect(slotOf(b, 'up')).not.toBe(slotOf(a, 'up'))
  expect(bank.sinkFor('a')).toBe(a)
})

describe('the window', () => {
  test('holds the newest values, and tells when the last came and how often one comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }), {
          minLength: 2,
          maxLength: 40,
        }),
        (values) => {
          const bank = bankOf()
          const sink = bank.sinkFor('shop')
          const slot = slotOf(sink, 'queue_length')
          pushAll(sink, slot, values)
          expect(bank.newest(slot)).toEqual({ at: values.length * 1000, value: values.at(-1), intervalMs: 1000 })
          const window = bank.windowOf(slot)
          expect(window.length).toBe(Math.min(8, values.length))
          values.slice(-8).forEach((value, i) => expect(window[i]).toBeCloseTo(value, 3))
        },
      ),
    )
  })

  test('takes nothing that is as old as the newest or older, nor what is infinite', () => {
    const bank = bankOf()
    const sink = bank.sinkFor('shop')
    const slot = slotOf(sink, 'queue_length')
    sink.push(slot, 2000, 1)
    sink.push(slot, 2000, 2)
    sink.push(slot, 1000, 3)
    sink.push(slot, 3000, Number.POSITIVE_INFINITY)
    sink.push(slot, 4000, 5)
    expect([...bank.windowOf(slot)]).toEqual([1, 5])
    expect(bank.counts()).toMatchObject({ samples: 2, duplicate: 1, late: 1, odd: 1 })
  })

  test('of a counter holds what it grew by a second; a reset is no fall', () => {
    const bank = bankOf()
    const sink = bank.sinkFor('shop')
    const slot = slotOf(sink, 'requests_total')
    pushAll(sink, slot, [1e12, 1e12 + 10, 1e12 + 40, 4, 10], 2000)
    expect([...bank.windowOf(slot)]).toEqual([5, 15, 2, 3])
    expect(bank.newest(slot)?.value).toBe(10)
    expect(bank.counts().resets).toBe(1)
  })

  test('keeps a small change of a large number', () => {
    const seen: number[] = []
    const onBatch: BankOptions['onBatch'] = ({ length, distances }) => seen.push(...distances.subarray(0, length))
    const bank = bankOf({ onBatch })
    const sink = bank.sinkFor('shop')
    pushAll(sink, slotOf(sink, 'boot_time'), [1.7e9, 1.7e9 + 1, 1.7e9 - 1, 1.7e9 + 0.5])
    bank.flush()
    expect(seen).toEqual([0, 1, -1, 0.5])
  })

  test('may be long, and begins with what the short one holds', () => {
    const bank = bankOf({ long: { series: 1, samples: 20 } })
    const sink = bank.sinkFor('shop')
    const [slot, other] = [slotOf(sink, 'queue_length'), slotOf(sink, 'other')]
    const values = Array.from({ length: 50 }, (_, i) => i % 13)
    pushAll(sink, slot, values.slice(0, 10))
    expect([bank.lengthen(slot), bank.lengthen(slot), bank.lengthen(other)]).toEqual([true, true, false])
    expect([...bank.windowOf(slot)]).toEqual(values.slice(2, 10))
    values.forEach((value, i) => i >= 10 && sink.push(slot, (i + 1) * 1000, value))
    expect([...bank.windowOf(slot)]).toEqual(values.slice(-20))
    sink.push(slot, 1e6, Number.NaN)
    expect(bank.sweep(1e6 + HOUR_MS, 10)).toBe(2)
    expect(bank.lengthen(slotOf(sink, 'third'))).toBe(true)
  })
})

test('what goes into the windows is handed on in order, with what it pushed out', () => {
  const taken: unknown[] = []
  const bank = bankOf({
    windowSamples: 2,
    onBatch: ({ length, slots, ats, distances, olds, seens }) => {
      for (let k = 0; k < length; k++) taken.push([slots[k], ats[k], distances[k], olds[k], seens[k]])
    },
  })
  const sink = bank.sinkFor('shop')
  const [a, b] = [slotOf(sink, 'a'), slotOf(sink, 'b')]
  for (const [slot, at, value] of [
    [a, 1, 10],
    [b, 1, 5],
    [a, 2, 11],
    [a, 2, 99],
    [a, 3, 13],
    [b, 2, Number.NaN],
    [b, 3, 7],
  ] as const) {
    sink.push(slot, at, value)
  }
  bank.flush()
  const none = Number.NaN
  expect(taken).toEqual([
    [a, 1, 0, none, 0],
    [b, 1, 0, none, 0],
    [a, 2, 1, none, 1],
    [a, 3, 3, 0, 2],
    [b, 3, 0, none, 0],
  ])
})

describe('limits', () => {
  test('a source that sends more series than it may is named, and others are not hurt', () => {
    const begun: string[] = []
    const bank = bankOf({
      perSource: (source) => (source === 'wild' ? 2 : 5),
      onBegin: (_, { metric }) => begun.push(metric),
    })
    const [wild, calm] = [bank.sinkFor('wild'), bank.sinkFor('calm')]
    expect(['a', 'b', 'c', 'd', 'a'].map((name) => slotOf(wild, name))).toEqual([0, 1, SHED, SHED, 0])
    expect(slotOf(calm, 'a')).toBe(2)
    expect(bank.limited()).toEqual([{ source: 'wild', series: 2, shed: 2 }])
    expect(begun).toEqual(['a', 'b', 'a'])
  })

  test('nobody gets more than there is in all', () => {
    const bank = bankOf({ maxSeries: 2 })
    const sinks = ['a', 'b', 'c'].map((source) => bank.sinkFor(source))
    expect(sinks.map((sink) => slotOf(sink, 'up'))).toEqual([0, 1, SHED])
    expect(bank.counts()).toMatchObject({ series: 2, shed: 1 })
  })
})

describe('the end of a series', () => {
  test('comes an hour after its last sample, and its slot is free', () => {
    const ended: number[] = []
    const bank = bankOf({ onEnd: (slot) => ended.push(slot) })
    const sink = bank.sinkFor('shop')
    const [old, fresh] = [slotOf(sink, 'old'), slotOf(sink, 'fresh')]
    sink.push(old, 0, 1)
    sink.push(fresh, HOUR_MS, 1)
    expect(bank.sweep(HOUR_MS, 10)).toBe(0)
    expect(bank.sweep(HOUR_MS + 1, 10)).toBe(1)
    expect(ended).toEqual([old])
    expect(() => bank.about(old)).toThrow(`no series has slot ${old}`)
    expect(slotOf(sink, 'next')).toBe(old)
    expect(bank.newest(old)).toBeUndefined()
    expect(bank.counts()).toMatchObject({ series: 2, ended: 1 })
  })

  test('is seen at once by a stale marker; a number begins it again', () => {
    const bank = bankOf()
    const sink = bank.sinkFor('shop')
    const slot = slotOf(sink, 'up')
    pushAll(sink, slot, [1, 1, Number.NaN])
    const newest: number[] = []
    bank.forEachNewest((each) => newest.push(each))
    expect([newest, bank.newest(slot), bank.windowOf(slot).length]).toEqual([[], undefined, 0])
    sink.push(slot, 10_000, 5)
    bank.forEachNewest((each, at, value) => newest.push(each, at, value))
    expect(newest).toEqual([slot, 10_000, 5])
    expect([...bank.windowOf(slot)]).toEqual([5])
  })

  test('looks at as many slots as it was told, and at all in the end', () => {
    const bank = bankOf()
    const sink = bank.sinkFor('shop')
    for (let i = 0; i < 100; i++) sink.push(slotOf(sink, `s${i}`), 0, 1)
    const rounds = Array.from({ length: 10 }, () => bank.sweep(2 * HOUR_MS, 10))
    expect(rounds).toEqual(rounds.map(() => 10))
    expect(bank.counts().series).toBe(0)
  })
})

test.each([
  ['http_requests_total', '', 'counter'],
  ['http_request_duration_seconds_bucket', '', 'counter'],
  ['http_request_duration_seconds', '', 'latency'],
  ['process_start_time_seconds', '', 'gauge'],
  ['rpc_wait', 'ms', 'latency'],
  ['disk_used_ratio', '', 'ratio'],
  ['cpu_utilization', '', 'ratio'],
  ['load', '%', 'ratio'],
  ['node_load1', '', 'gauge'],
] as const)('%s in %j is a %s', (metric, unit, kind) => {
  expect(kindOf(metric, unit)).toBe(kind)
})

test('a sender knows better than a name what a metric is', () => {
  const bank = bankOf()
  const sink = bank.sinkFor('shop')
  bank.tell('requests', 'counter')
  expect(bank.about(slotOf(sink, 'requests')).kind).toBe('counter')
  expect(bank.about(slotOf(sink, 'x', { metric: 'requests', labels: {}, kind: 'gauge' })).kind).toBe('gauge')
})
