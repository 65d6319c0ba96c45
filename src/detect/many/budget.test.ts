import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomFrom } from '../../lib/random.ts'
import { beginBudget } from './budget.ts'

const DAY = 1440
const budget = { perDay: 2, intervalMs: 60_000 }

test('of noise that stays as it is about as many are flagged as the budget allows, whatever its scale', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (seed, scale) => {
      const random = randomFrom(seed)
      const alarm = beginBudget(budget)
      for (let i = 0; i < 4 * DAY; i++) alarm.next(scale * random())
      let flags = 0
      for (let i = 0; i < 10 * DAY; i++) if (alarm.next(scale * random())) flags++
      expect(flags).toBeGreaterThan(5)
      expect(flags).toBeLessThan(40)
    }),
    { numRuns: 10 },
  )
})

test('higher than ever is flagged, as ever and no number are not', () => {
  const alarm = beginBudget(budget)
  const random = randomFrom(1)
  for (let i = 0; i < DAY; i++) alarm.next(random())
  expect([0.5, Number.NaN, 2].map((score) => alarm.next(score))).toEqual([false, false, true])
})

test('what has become restless for good is not flagged without end', () => {
  const alarm = beginBudget(budget)
  const random = randomFrom(2)
  for (let i = 0; i < 3 * DAY; i++) alarm.next(random())
  let flags = 0
  for (let i = 0; i < 3 * DAY; i++) if (alarm.next(5 + random())) flags++
  expect(flags).toBeLessThan(60)
})

test('saved and restored it goes on as if nothing had been', () => {
  const random = randomFrom(3)
  const whole = beginBudget(budget)
  for (let i = 0; i < 5000; i++) whole.next(random())
  const restored = beginBudget(budget, whole.save())
  for (let i = 0; i < 5000; i++) {
    const score = random() ** 0.1
    expect(restored.next(score)).toBe(whole.next(score))
  }
})
