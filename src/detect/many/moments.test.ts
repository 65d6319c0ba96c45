import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { addRow, beginMoments } from './moments.ts'

const value = fc.double({ min: -100, max: 100, noNaN: true })
const rows = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 50 })

test('without a horizon they are the mean and the sums of products of all rows', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const moments = beginMoments(2)
      for (const row of all) addRow(moments, Float64Array.from(row), Infinity)
      const mean = [0, 1].map((i) => all.reduce((sum, row) => sum + row[i]!, 0) / all.length)
      for (let i = 0; i < 2; i++) {
        expect(moments.means[i]).toBeCloseTo(mean[i]!, 8)
        for (let j = 0; j < 2; j++) {
          const sum = all.reduce((sum, row) => sum + (row[i]! - mean[i]!) * (row[j]! - mean[j]!), 0)
          expect(moments.products[i * 2 + j]).toBeCloseTo(sum, 5)
        }
      }
    }),
  )
})

test('never more rows weigh than the horizon, and what was long ago is forgotten', () => {
  const moments = beginMoments(1)
  for (let i = 0; i < 1000; i++) addRow(moments, Float64Array.of(1000), 50)
  for (let i = 0; i < 1000; i++) addRow(moments, Float64Array.of(i % 2), 50)
  expect(moments.count).toBeCloseTo(50, 9)
  expect(moments.means[0]).toBeCloseTo(0.5, 1)
  expect(moments.products[0]! / moments.count).toBeCloseTo(0.25, 1)
})
