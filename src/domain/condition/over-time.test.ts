import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWindows } from '../../signals/windows.ts'
import type { Series } from '../signal.ts'
import type { RangeFunction, Span } from './ast.ts'
import { newestAt, overTime, valueAt } from './over-time.ts'

const STEP_MS = 1000
const target = 'lab:shop/instance/web-1'

/** One value a second; the last at `values.length - 1` seconds. */
function seriesOf(values: readonly number[]): Series {
  const windows = createWindows({ capacity: 1100 })
  const samples = values.map((value, i) => ({ metric: 'm', labels: {}, target, at: i * STEP_MS, value }) as const)
  windows.add({ source: 's', intervalMs: STEP_MS, samples })
  return windows.select(target, 'm')[0]!
}

function over(
  fn: RangeFunction,
  values: readonly number[],
  range: Span = { ms: values.length * STEP_MS },
  aheadMs?: number,
): number {
  const call = { kind: 'over-time', fn, of: { kind: 'select', metric: 'm', matchers: [] }, range } as const
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
  expect(over('sum', [1, 2, 4, 8], { ms: 2000 })).toBe(12)
  const call = {
    kind: 'over-time',
    fn: 'sum',
    of: { kind: 'select', metric: 'm', matchers: [] },
    range: { ms: 2000 },
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
        expect(over('forecast', line, { ms: n * STEP_MS }, 30_000)).toBeCloseTo(a + b * (n - 1 + 30), 6)
      },
    ),
  )
})

test('too little data is unseen: too few samples, or less than half of the range', () => {
  expect(over('rate', [5], { ms: 1000 })).toBeNaN()
  expect(over('avg', [5], { ms: 1000 })).toBe(5)
  expect(over('avg', [1, 2, 3, 4], { ms: 10_000 })).toBeNaN()
  expect(over('avg', [1, 2, 3, 4, 5], { ms: 10_000 })).toBe(3)
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

/** By the book, over values that are small whole numbers. */
function plainZ(values: readonly number[]): number {
  const before = values.slice(0, -1)
  const mean = before.reduce((total, value) => total + value, 0) / before.length
  const variance = before.reduce((total, value) => total + (value - mean) ** 2, 0) / before.length
  return (values.at(-1)! - mean) / Math.sqrt(variance)
}

const zscore = (values: readonly number[], samples = values.length): number => over('zscore', values, { samples })

const wave = fc
  .array(fc.integer({ min: -500, max: 500 }), { minLength: 31, maxLength: 400 })
  .filter((values) => new Set(values.slice(0, -1)).size > 1)

test('a z-score is what the book says, of the newest against those before it', () => {
  fc.assert(
    fc.property(wave, (values) => {
      expect(zscore(values)).toBeCloseTo(plainZ(values), 9)
    }),
  )
})

test('a z-score looks at its samples only, and no further back', () => {
  fc.assert(
    fc.property(wave, fc.array(fc.integer(), { maxLength: 100 }), (values, older) => {
      expect(zscore([...older, ...values], values.length)).toBe(zscore(values))
    }),
  )
})

test('a z-score does not change with the unit or the zero of a series, however far away that is', () => {
  fc.assert(
    fc.property(
      wave,
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.constantFrom(-8, 0.125, 1, 1024),
      (values, zero, unit) => {
        const moved = values.map((value) => value * unit + zero)
        expect(zscore(moved)).toBeCloseTo(Math.sign(unit) * plainZ(values), 5)
      },
    ),
  )
})

test('a z-score is blind before thirty samples are there to judge by, or half of the range', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i % 7)
  expect(zscore(values.slice(0, 499), 1000)).toBeNaN()
  expect(zscore(values.slice(0, 500), 1000)).not.toBeNaN()
  expect(zscore(values.slice(0, 30), 31)).toBeNaN()
  expect(zscore(values.slice(0, 31), 31)).not.toBeNaN()
})

test('a flat series is at its mean, and far from it as soon as it moves by more than rounding', () => {
  const flat = (of: number, newest: number): number => zscore([...Array.from({ length: 99 }, () => of), newest])
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), (of) => {
      expect(flat(of, of)).toBe(0)
    }),
  )
  expect(flat(0.3, 0.1 + 0.2)).toBeLessThan(0.001)
  expect(flat(4, 5)).toBeGreaterThan(1e9)
  expect(flat(0, -1)).toBeLessThan(-1e9)
  expect(flat(0, 5)).toBeLessThan(Number.POSITIVE_INFINITY)
})
