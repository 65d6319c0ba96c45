import fc from 'fast-check'
import { expect, test } from 'vitest'
import { both, either, not, type Truth } from './logic.ts'

const truth = fc.constantFrom<Truth>(true, false, null)

test('Kleene logic is the order false < unknown < true', () => {
  const rank = (a: Truth): number => (a === null ? 0.5 : Number(a))
  fc.assert(
    fc.property(truth, truth, (a, b) => {
      expect(rank(both(a, b))).toBe(Math.min(rank(a), rank(b)))
      expect(rank(either(a, b))).toBe(Math.max(rank(a), rank(b)))
      expect(rank(not(a))).toBe(1 - rank(a))
    }),
  )
})

test('and, or and not obey the laws of De Morgan, order and distribution', () => {
  fc.assert(
    fc.property(truth, truth, truth, (a, b, c) => {
      expect(not(both(a, b))).toBe(either(not(a), not(b)))
      expect(both(a, b)).toBe(both(b, a))
      expect(either(a, either(b, c))).toBe(either(either(a, b), c))
      expect(both(a, either(b, c))).toBe(either(both(a, b), both(a, c)))
      expect(not(not(a))).toBe(a)
    }),
  )
})

test('an unknown that is settled later never turns an answer round', () => {
  fc.assert(
    fc.property(truth, fc.boolean(), (a, settled) => {
      for (const join of [both, either]) {
        const before = join(a, null)
        if (before !== null) expect(join(a, settled)).toBe(before)
      }
    }),
  )
})
