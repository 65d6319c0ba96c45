import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Labels, Sample, Series } from '../domain/signal.ts'
import { createWindows } from './windows.ts'

const target = 'lab:shop/instance/web-1'
const sample = (at: number, value = 1, more: Partial<Sample> = {}): Sample => ({
  metric: 'up',
  labels: {},
  target,
  at,
  value,
  ...more,
})
const observed = (...samples: Sample[]) => ({ source: 's', intervalMs: 1000, samples })
const contents = (series: Series | undefined): [number, number][] =>
  Array.from({ length: series?.length ?? 0 }, (_, i) => [series!.timeAt(i), series!.valueAt(i)])

test('a window keeps the newest samples in order, and drops and counts what goes back in time', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: -2, max: 5 }), fc.double()), { maxLength: 60 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 2, max: 12 }), (moves, capacity) => {
      const windows = createWindows({ capacity })
      const kept: [number, number][] = []
      let [at, dropped] = [0, 0]
      for (const [ms, value] of moves) {
        at += ms
        if (at > (kept.at(-1)?.[0] ?? -Infinity)) kept.push([at, value])
        else dropped++
        windows.add(observed(sample(at, value)))
      }
      expect(contents(windows.select(target, 'up')[0])).toEqual(kept.slice(-capacity))
      expect(windows.counts()).toMatchObject({ outOfOrder: dropped, samples: kept.length })
    }),
  )
})

test('a series is its target, metric and labels, in whatever order the labels come', () => {
  const windows = createWindows()
  windows.add(observed(sample(1, 1, { labels: { a: '1', b: '2' } }), sample(2, 2, { labels: { b: '2', a: '1' } })))
  windows.add(observed(sample(1, 3, { labels: { a: '1","b":"2' } }), sample(1, 4, { metric: 'down' })))
  windows.add(observed(sample(1, 5, { target: 'lab:shop/instance/web-2' })))
  expect(windows.counts().series).toBe(4)
  expect(windows.select(target, 'up').map(contents)).toEqual([
    [
      [1, 1],
      [2, 2],
    ],
    [[1, 3]],
  ])
})

test('labels tell series apart exactly when they differ', () => {
  const name = fc.constantFrom('a', 'b', '__proto__', 'constructor', '')
  const labels = fc.dictionary(name, fc.constantFrom('', 'x', '"', ',', '1","b":"2'), { noNullPrototype: true })
  const text = (one: Labels): string =>
    JSON.stringify(
      Object.keys(one)
        .sort()
        .map((key) => [key, one[key]]),
    )
  fc.assert(
    fc.property(fc.array(labels, { maxLength: 8 }), (all) => {
      const windows = createWindows()
      for (const one of all) windows.add(observed(sample(1, 1, { labels: one })))
      expect(windows.counts().series).toBe(new Set(all.map(text)).size)
    }),
  )
})

test('matchers select series', () => {
  const windows = createWindows()
  for (const code of ['200', '500', '503']) windows.add(observed(sample(1, Number(code), { labels: { code } })))
  const found = windows.select(target, 'up', [{ label: 'code', op: '=~', value: '5..' }])
  expect(found.map((series) => series.valueAt(0))).toEqual([500, 503])
  expect(windows.select(target, 'nothing')).toEqual([])
})

test('the capacity of a series may depend on its metric and interval', () => {
  const windows = createWindows({ capacity: (metric, intervalMs) => (metric === 'long' ? 60_000 / intervalMs : 2) })
  for (let at = 1; at <= 100; at++) windows.add(observed(sample(at, at, { metric: 'long' }), sample(at, at)))
  expect([windows.select(target, 'long')[0]?.length, windows.select(target, 'up')[0]?.length]).toEqual([60, 2])
})

test('new series beyond the cap are shed and counted, known ones go on', () => {
  const windows = createWindows({ maxSeries: 2 })
  for (const at of [1, 2]) {
    for (const id of ['a', 'b', 'c']) windows.add(observed(sample(at, 1, { labels: { id } })))
  }
  expect(windows.counts()).toMatchObject({ series: 2, samples: 4, shed: 2 })
})

test('a series ends an hour after it went stale, and its place is free again', () => {
  const windows = createWindows({ maxSeries: 2 })
  windows.add(observed(sample(0, 1, { labels: { id: 'gone' } })))
  windows.add(observed(sample(3_600_000, 1, { labels: { id: 'here' } })))
  expect(windows.counts()).toMatchObject({ series: 2, ended: 0 })
  windows.add(observed(sample(3_663_001, 2, { labels: { id: 'here' } })))
  expect(windows.counts()).toMatchObject({ series: 1, ended: 1 })
  expect(windows.select(target, 'up').map(({ labels }) => labels['id'])).toEqual(['here'])
  windows.add(observed(sample(3_663_002, 1, { labels: { id: 'gone' } })))
  expect(windows.recent(target).map(({ labels, at }) => [labels['id'], at])).toEqual([
    ['here', 3_663_001],
    ['gone', 3_663_002],
  ])
})

test('what is forgotten is unseen until it comes again, and takes no place', () => {
  const windows = createWindows({ maxSeries: 1 })
  windows.add(observed(sample(1, 1, { labels: { id: 'before' } })))
  windows.forget()
  expect(windows.select(target, 'up')).toEqual([])
  windows.add(observed(sample(0, 1, { labels: { id: 'after' } })))
  expect(windows.recent(target).map(({ labels }) => labels['id'])).toEqual(['after'])
})
