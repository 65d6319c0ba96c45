import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWindows } from '../../signals/windows.ts'
import type { Series } from '../signal.ts'
import type { RangeFunction } from './ast.ts'
import { newestAt, overTime, valueAt } from './over-time.ts'

const STEP_MS = 1000
const target = 'lab:shop/instance/web-1'

/** One value a second; the last at `values.length - 1` seconds. */
function seriesOf(values: readonly number[]): Series {
  const windows = createWindows({ capacity: 1000 })
  const samples = values.map((value, i) => ({ metric: 'm', labels: {}, target, at: i * STEP_MS, value }) as const)
  windows.add({ source: 's', intervalMs: STEP_MS, samples })
  return windows.select(target, 'm')[0]!
}

function over(
  fn: RangeFunction,
  values: readonly number[],
  rangeMs = values.length * STEP_MS,
  aheadMs?: number,
): number {
  const call = { kind: 'over-time', fn, of: { kind: 'select', metric: 'm', matchers: [] }, rangeMs } as const
  return overTime(
    { ...call, ...(aheadMs !== undefined && { aheadMs }) },
    seriesOf(values),
    (values.length - 1) * STEP_MS,
  )
}

test('the functions of a range say what their names say', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6]
  const found = (['avg', 'min', 'max', 'sum', 'count', 'median', 'last'] as const).map((fn) => over(fn, values))
  expect(found).toEqual([31 / 8, 1, 9, 31, 8, 3.5, 6])
  expect(over('stddev', [2, 4, 4, 4, 5, 5, 7, 9])).toBe(2)
  expect(over('median', [5, 1, 3])).toBe(3)
})

test('a range holds what is newer than its beginning, up to the moment asked about', () => {
  expect(over('sum', [1, 2, 4, 8], 2000)).toBe(12)
  const call = {
    kind: 'over-time',
    fn: 'sum',
    of: { kind: 'select', metric: 'm', matchers: [] },
    rangeMs: 2000,
  } as const
  expect(overTime(call, seriesOf([1, 2, 4, 8]), 2000)).toBe(6)
})

test('a counter that restarts gains what it counts since', () => {
  expect(over('increase', [10, 14, 2, 5])).toBe(4 + 2 + 3)
  expect(over('rate', [10, 14, 2, 5])).toBe(3)
})

test('a forecast continues a straight line', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: 2, max: 60 }),
      (a, b, n) => {
        const line = Array.from({ length: n }, (_, i) => a + b * i)
        expect(over('forecast', line, n * STEP_MS, 30_000)).toBeCloseTo(a + b * (n - 1 + 30), 6)
      },
    ),
  )
})

test('too little data is unseen: too few samples, or less than half of the range', () => {
  expect(over('rate', [5], 1000)).toBeNaN()
  expect(over('avg', [5], 1000)).toBe(5)
  expect(over('avg', [1, 2, 3, 4], 10_000)).toBeNaN()
  expect(over('avg', [1, 2, 3, 4, 5], 10_000)).toBe(3)
})

test('a series is unseen three intervals after its last sample, and before its first', () => {
  const series = seriesOf([7, 8])
  expect([valueAt(series, -1), valueAt(series, 999), valueAt(series, 1000), valueAt(series, 4000)]).toEqual([
    NaN,
    7,
    8,
    8,
  ])
  expect(valueAt(series, 4001)).toBeNaN()
})

test('the newest sample up to a moment is found as by looking at all', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: -2000, max: 50_000 }), (n, at) => {
      const series = seriesOf(Array.from({ length: n }, (_, i) => i))
      const all = Array.from({ length: n }, (_, i) => i).filter((i) => series.timeAt(i) <= at)
      expect(newestAt(series, at)).toBe(all.at(-1) ?? -1)
    }),
  )
})
