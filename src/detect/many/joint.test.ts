import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomFrom } from '../../lib/random.ts'
import { beginJoint } from './joint.ts'

const METRICS = 6

/** Rows with something in common: each metric follows one of two hidden causes, with noise of its own. */
function rowsOf(seed: number, count: number): Float64Array[] {
  const random = randomFrom(seed)
  const noise = (): number => random() + random() + random() - 1.5
  return Array.from({ length: count }, () => {
    const causes = [noise(), noise()]
    return Float64Array.from({ length: METRICS }, (_, i) => 10 + i + 5 * (causes[i % 2] ?? 0) + 0.3 * noise())
  })
}

const lastOf = (rows: readonly Float64Array[], metrics = METRICS) => {
  const joint = beginJoint(metrics)
  return rows.map((row, i) => joint.next(i, row)).at(-1)!
}

const strange = (row: Float64Array, metric: number): Float64Array =>
  row.map((value, i) => (i === metric ? value + 12 : value))

test('a metric that no longer follows the others is strange, and has the largest share', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(METRICS - 1), (seed, metric) => {
      const rows = rowsOf(seed, 400)
      const usual = lastOf(rows)
      const odd = lastOf([...rows.slice(0, -1), strange(rows.at(-1)!, metric)])
      expect(odd.score).toBeGreaterThan(Math.max(0.5, usual.score))
      expect(odd.shares[metric]).toBe(Math.max(...odd.shares))
    }),
    { numRuns: 20 },
  )
})

test('shares sum to 1 and none is below 0, also while it warms up', () => {
  const joint = beginJoint(METRICS)
  rowsOf(1, 400).forEach((row, i) => {
    const { score, shares } = joint.next(i, row)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
    if (!Number.isNaN(score)) expect(score >= 0 && score < 1).toBe(true)
  })
})

test('metrics in another order have their shares in that order, and the same score', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: METRICS }), (seed, order) => {
      const rows = rowsOf(seed, 300)
      rows.push(strange(rows[0]!, 2))
      const as = lastOf(rows)
      const ordered = lastOf(rows.map((row) => Float64Array.from(order, (i) => row[i]!)))
      expect(ordered.score).toBeCloseTo(as.score, 6)
      order.forEach((i, at) => expect(ordered.shares[at]).toBeCloseTo(as.shares[i]!, 6))
    }),
    { numRuns: 20 },
  )
})

test('a metric that is constant never matters, nor does the unit of one', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (seed, constant) => {
      const rows = rowsOf(seed, 300)
      const wider = lastOf(
        rows.map((row) => Float64Array.of(...row.map((value) => value * 1000), constant)),
        METRICS + 1,
      )
      const as = lastOf(rows)
      expect(wider.score).toBeCloseTo(as.score, 6)
      expect(wider.shares[6]).toBe(0)
    }),
    { numRuns: 20 },
  )
})

test('a value that is missing says nothing', () => {
  const rows = rowsOf(3, 400)
  const { score, shares } = lastOf([...rows, rows.at(-1)!.map((value, i) => (i === 1 ? Number.NaN : value))])
  expect(score).toBeLessThan(0.5)
  expect(shares.every(Number.isFinite)).toBe(true)
})

test('saved and restored it goes on as if nothing had been', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 0, max: 699 }), (seed, cut) => {
      const rows = rowsOf(seed, 700)
      const whole = beginJoint(METRICS)
      let parts = beginJoint(METRICS)
      rows.forEach((row, i) => {
        if (i === cut) parts = beginJoint(METRICS, JSON.parse(JSON.stringify(parts.save())))
        expect(parts.next(i, row)).toEqual(whole.next(i, row))
      })
    }),
    { numRuns: 8 },
  )
})

test('what is strange teaches nothing, unless it was said to be normal', () => {
  const rows = rowsOf(4, 400)
  const odd = Array.from({ length: 600 }, (_, i) => strange(rows[i % 400]!, 0))
  const [guarded, taught] = [beginJoint(METRICS), beginJoint(METRICS)]
  for (const joint of [guarded, taught]) rows.forEach((row, i) => joint.next(i, row))
  odd.forEach((row, i) => guarded.next(i, row))
  odd.forEach((row, i) => taught.next(i, row, 'normal'))
  expect(guarded.next(0, odd[0]!).score).toBeGreaterThan(0.5)
  expect(taught.next(0, odd[0]!).score).toBeLessThan(0.5)
})
