import { expect, test } from 'vitest'
import { raised, together } from './multi.ts'

test('mean, largest and number at once are of those that say something', () => {
  expect(together(Float64Array.of(0.2, Number.NaN, 0.8, 0.5), 0.5)).toEqual({ mean: 0.5, max: 0.8, atOnce: 2 })
})

test('two at once raise the level, one alone does not, and the highest stays', () => {
  expect([0, 1, 2, 5].map((atOnce) => raised('warning', atOnce))).toEqual(['warning', 'warning', 'high', 'high'])
  expect(raised('critical', 3)).toBe('critical')
})
