import { expect, test } from 'vitest'
import { randomFrom } from '../../lib/random.ts'
import { beginIsolation } from './isolation.ts'

const rowsOf = (seed: number, count: number): Float64Array[] => {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => Float64Array.from({ length: 3 }, () => random() + random()))
}

test('it has no opinion until it has grown, then finds what is alone', () => {
  const isolation = beginIsolation(3)
  const scores = rowsOf(1, 300).map((row, i) => isolation.next(i, row).score)
  expect(scores.findIndex((score) => !Number.isNaN(score))).toBe(256)
  const { score, shares } = isolation.next(0, Float64Array.of(1, 1, 9))
  expect(score).toBeGreaterThan(isolation.next(0, Float64Array.of(1, 1, 1)).score + 0.05)
  expect(shares[2]).toBe(Math.max(...shares))
  expect(isolation.next(0, Float64Array.of(1, Number.NaN, 1)).score).toBeNaN()
})

test('what goes on long enough is grown into the forest', () => {
  const isolation = beginIsolation(3)
  const moved = (row: Float64Array): Float64Array => row.map((value) => value + 10)
  rowsOf(1, 2048).forEach((row, i) => isolation.next(i, row))
  const before = isolation.next(0, Float64Array.of(11, 11, 11)).score
  rowsOf(2, 2048).forEach((row, i) => isolation.next(i, moved(row)))
  expect(isolation.next(0, Float64Array.of(11, 11, 11)).score).toBeLessThan(before - 0.1)
})

test('saved and restored it goes on as if nothing had been', () => {
  for (const cut of [100, 256, 700, 1024, 1500, 2300]) {
    const rows = rowsOf(cut, 2700)
    const whole = beginIsolation(3)
    let parts = beginIsolation(3)
    const [as, restored] = [whole, parts].map(() => [] as number[])
    rows.forEach((row, i) => {
      if (i === cut) parts = beginIsolation(3, JSON.parse(JSON.stringify(parts.save())))
      as!.push(whole.next(i, row).score)
      restored!.push(parts.next(i, row).score)
    })
    expect(restored).toEqual(as)
  }
})
