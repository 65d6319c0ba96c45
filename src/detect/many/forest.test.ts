import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomFrom } from '../../lib/random.ts'
import { forestScore, forestShares, growForest, meanPath } from './forest.ts'

const cloud = (seed: number, rows: number, features: number): Float64Array => {
  const random = randomFrom(seed)
  return Float64Array.from({ length: rows * features }, () => random() + random() + random() - 1.5)
}

test("c(n) is the paper's: the mean length of an unsuccessful search", () => {
  expect([0, 1, 2].map(meanPath)).toEqual([0, 0, 1])
  // c(256) = 2 H(255) - 2 * 255 / 256, with the harmonic number summed up.
  const harmonic = Array.from({ length: 255 }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b)
  expect(meanPath(256)).toBeCloseTo(2 * harmonic - (2 * 255) / 256, 2)
})

test('a row whose path is as long as the mean scores 0.5', () => {
  // Two rows: every tree cuts once, each path is 1 = c(2).
  const forest = growForest(Float64Array.of(0, 1), 1, randomFrom(1))
  expect(forestScore(forest, Float64Array.of(0))).toBeCloseTo(0.5, 12)
  expect(forestScore(forest, Float64Array.of(1))).toBeCloseTo(0.5, 12)
})

test('rows that are all the same cannot be cut: nothing is strange', () => {
  const forest = growForest(new Float64Array(600), 2, randomFrom(1))
  expect(forestScore(forest, Float64Array.of(9, 9))).toBeCloseTo(0.5, 12)
})

test('a row far away is set apart by the metric that is far, and scores above all others', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(3), (seed, metric) => {
      const rows = cloud(seed, 1000, 4)
      const forest = growForest(rows, 4, randomFrom(seed + 1))
      const odd = new Float64Array(4).fill(0)
      const middle = forestScore(forest, odd)
      odd[metric] = 8
      expect(middle).toBeLessThan(0.5)
      expect(forestScore(forest, odd)).toBeGreaterThan(middle + 0.05)
      const shares = forestShares(forest, odd)
      expect(shares[metric]).toBe(Math.max(...shares))
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    }),
    { numRuns: 20 },
  )
})

test('a metric that is constant is never cut', () => {
  const rows = cloud(1, 500, 3).map((value, at) => (at % 3 === 1 ? 7 : value))
  const forest = growForest(rows, 3, randomFrom(2))
  expect(forest.cuts.includes(1)).toBe(false)
  expect(forestShares(forest, Float64Array.of(5, 5, 5))[1]).toBe(0)
})

test('a score is between 0 and 1, whatever the row', () => {
  const forest = growForest(cloud(3, 400, 2), 2, randomFrom(3))
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      const score = forestScore(forest, Float64Array.of(a, b))
      expect(score > 0 && score <= 1).toBe(true)
    }),
  )
})
