import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Moment } from '../lib/clock.ts'
import { jumpBetween } from './watch.ts'

const at = (wallMs: number, bootMs: number, bootId = 'a'): Moment => ({ wallMs, bootMs, bootId })

test('a wall clock that goes with the boot clock has not jumped, however long nobody looked', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(),
      (start, passed) => jumpBetween(at(start, 5), at(start + passed, 5 + passed)) === undefined,
    ),
  )
})

test('slewing is no jump, setting the clock is one, in either direction', () => {
  expect(jumpBetween(at(0, 0), at(65_000, 60_000))).toBeUndefined()
  expect(jumpBetween(at(0, 0), at(65_001, 60_000))).toBe(5001)
  expect(jumpBetween(at(100_000, 0), at(94_000, 1000))).toBe(-7000)
})

test('across a boot only a clock that went back is known to have jumped', () => {
  expect(jumpBetween(at(0, 9, 'a'), at(1e9, 1, 'b'))).toBeUndefined()
  expect(jumpBetween(at(1e9, 9, 'a'), at(0, 1, 'b'))).toBe(-1e9)
})
