import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quantile, summaryOf } from './stats.ts'

test('quantiles are those that R, NumPy and Excel give', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(quantile([10, 20, 30, 40, 50], 0.95)).toBeCloseTo(48)
  expect(quantile([7], 0.95)).toBe(7)
})

test('no values have no summary', () => {
  expect(summaryOf([])).toBeUndefined()
})

test('a summary lies within the values, and does not depend on their order', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(values, (given) => {
      const { count, mean, median, p95 } = summaryOf(given) ?? { count: 0, mean: NaN, median: NaN, p95: NaN }
      expect(count).toBe(given.length)
      for (const one of [mean, median, p95]) {
        expect(one).toBeGreaterThanOrEqual(Math.min(...given) - 1e-6)
        expect(one).toBeLessThanOrEqual(Math.max(...given) + 1e-6)
      }
      expect(summaryOf(given.toReversed())).toEqual(summaryOf(given))
    }),
  )
})
