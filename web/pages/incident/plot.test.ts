import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Chart } from '../../../src/domain/chart.ts'
import { harmOf, plotOf, valueText } from './plot.ts'
import { STORIES } from './stories.ts'

const chart = (points: Chart['points'], limit?: number): Chart => ({
  signal: 'users',
  target: 'shop:prod/service/web',
  expression: 'x',
  points,
  ...(limit !== undefined && { limit }),
})

test('a time in which nobody could see reaches from the last value before it to the first after it', () => {
  const points = [
    [0, 1],
    [10, null],
    [20, null],
    [30, 1],
    [40, null],
  ] as const
  expect(plotOf(chart(points), []).blind).toEqual([
    { from: 0, to: 30 },
    { from: 30, to: 40 },
  ])
})

test('where a series begins is not blindness, and a chart that nobody ever saw is', () => {
  const values = Array.from({ length: 100 }, (_, at) => [at, at < 3 ? null : 1] as const)
  expect(plotOf(chart(values), []).blind).toEqual([])
  expect(
    plotOf(
      chart([
        [0, null],
        [10, null],
      ]),
      [],
    ).blind,
  ).toEqual([{ from: 0, to: 10 }])
})

test('it tells how bad it was, and for how long', () => {
  const points = [
    [0, 0],
    [10, 5],
    [20, 9],
    [30, 1],
    [40, null],
    [50, 1],
  ] as const
  expect(harmOf(chart(points, 4))).toEqual({ worst: { at: 20, value: 9 }, beyondMs: 20, blindMs: 20 })
  expect(harmOf(chart(points))).toMatchObject({ beyondMs: 0 })
  expect(harmOf(chart([]))).toEqual({ beyondMs: 0, blindMs: 0 })
})

test('what may not be too low, or be there at all, is at its worst on that side', () => {
  const points = [
    [0, 9],
    [10, 1],
    [20, 0],
    [30, 9],
  ] as const
  const worst = { at: 20, value: 0 }
  expect(harmOf({ ...chart(points, 4), violated: '<' })).toEqual({ worst, beyondMs: 20, blindMs: 0 })
  expect(harmOf({ ...chart(points, 0), violated: '==' })).toEqual({ worst, beyondMs: 10, blindMs: 0 })
})

test('moments too close to be told apart are one line, and those outside of the chart are none', () => {
  const points = Array.from({ length: 101 }, (_, at) => [at * 1000, 1] as const)
  const { marks } = plotOf(chart(points), [
    { at: 50_500, what: 'ended' },
    { at: 50_000, what: 'applied' },
    { at: 80_000, what: 'closed' },
    { at: 900_000, what: 'closed' },
  ])
  expect(marks.map(({ at, moments }) => [at, moments.map(({ what }) => what)])).toEqual([
    [50_000, ['applied', 'ended']],
    [80_000, ['closed']],
  ])
})

test('whatever is measured has a range that can be drawn, with the limit in it', () => {
  const value = fc.option(fc.double(), { nil: null })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1e6), value)),
      fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      (points, limit) => {
        const { range, ys, xs } = plotOf(chart(points, limit ?? undefined), STORIES.healed.moments)
        expect(Number.isFinite(range[0]) && Number.isFinite(range[1])).toBe(true)
        expect(range[1]).toBeGreaterThan(range[0])
        expect(xs.length).toBe(ys.length)
        for (const y of ys) {
          if (y !== null) expect(y >= range[0] && y <= range[1]).toBe(true)
        }
      },
    ),
  )
})

test('values are short and say what they are', () => {
  expect([0, 0.123456, 12.3456, 1234.56, 0.00001234, -3].map(valueText)).toEqual([
    '0',
    '0.1235',
    '12.35',
    '1235',
    '1.2e-5',
    '-3',
  ])
})
