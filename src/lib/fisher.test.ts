import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chanceOfAtLeast } from './fisher.ts'

test('the lady who tastes tea: all four right by chance one time in seventy, three or more seventeen', () => {
  expect(chanceOfAtLeast({ of: 4, count: 4 }, { of: 4, count: 0 })).toBeCloseTo(1 / 70, 12)
  expect(chanceOfAtLeast({ of: 4, count: 3 }, { of: 4, count: 1 })).toBeCloseTo(17 / 70, 12)
})

test('one against seven says no more than 1/8', () => {
  expect(chanceOfAtLeast({ of: 1, count: 1 }, { of: 7, count: 0 })).toBeCloseTo(1 / 8, 12)
})

test('it is a probability, and the more of the first are so, the smaller', () => {
  const groups = fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 60 }))
    .chain(([a, b]) => fc.record({ a: fc.constant(a), b: fc.constant(b), so: fc.integer({ min: 0, max: a + b }) }))
  fc.assert(
    fc.property(groups, ({ a, b, so }) => {
      const least = Math.max(0, so - b)
      const chances = Array.from({ length: Math.min(a, so) - least + 1 }, (_, more) =>
        chanceOfAtLeast({ of: a, count: least + more }, { of: b, count: so - least - more }),
      )
      expect(chances[0]).toBeCloseTo(1, 9)
      for (const [i, chance] of chances.entries()) {
        expect(chance).toBeGreaterThan(0)
        expect(chance).toBeLessThanOrEqual(chances[i - 1] ?? 1)
      }
    }),
  )
})
