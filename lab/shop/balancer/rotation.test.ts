import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rotation } from './rotation.ts'

const weights = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 6 })

test('in every run as long as the sum of the weights each gets exactly its own, wherever the run begins', () => {
  fc.assert(
    fc.property(weights, fc.nat(200), (all, offset) => {
      const total = all.reduce((sum, weight) => sum + weight, 0)
      const pick = rotation(all.map((weight, item) => ({ item, weight })))
      for (let i = 0; i < offset; i++) pick()
      const got = all.map(() => 0)
      for (let i = 0; i < total; i++) {
        const item = pick()!
        got[item] = got[item]! + 1
      }
      expect(got).toEqual(all)
    }),
  )
})

test('a heavy one does not come all at once', () => {
  const pick = rotation([
    { item: 'a', weight: 5 },
    { item: 'b', weight: 1 },
    { item: 'c', weight: 1 },
  ])
  expect(Array.from({ length: 7 }, pick).join('')).toBe('aabacaa')
})

test('where nobody has a weight nobody is picked', () => {
  expect(rotation([])()).toBeUndefined()
  expect(rotation([{ item: 'a', weight: 0 }])()).toBeUndefined()
})
