import { expect, test } from 'vitest'
import { createBudget } from './budget.ts'

const HOUR_MS = 3_600_000

test('the more judges there are, and the fewer false alarms are allowed, the more evidence each must have', () => {
  const asks = (perDay: number, judges: number): number => createBudget({ perDay }).asks(0, judges)
  expect(asks(1, 1000)).toBeGreaterThan(asks(1, 10))
  expect(asks(0.1, 10)).toBeGreaterThan(asks(1, 10))
  // Half of evidence is the logarithm of rarity: ten times as many judges ask for half more.
  expect(asks(1, 1000) - asks(1, 100)).toBeCloseTo(0.5)
})

test('an alarm within the budget costs nothing, those beyond it make the next one harder, for a day', () => {
  const budget = createBudget({ perDay: 1 })
  const before = budget.asks(0, 10)
  budget.spend(0)
  expect(budget.asks(1, 10)).toBeCloseTo(before)
  budget.spend(HOUR_MS)
  budget.spend(2 * HOUR_MS)
  const after = budget.asks(2 * HOUR_MS, 10)
  expect(after).toBeGreaterThan(before + 0.4)
  expect(budget.asks(74 * HOUR_MS, 10)).toBeLessThan(before + 0.05)
})

test('what comes soon after an alarm is of the same, and costs nothing more', () => {
  const [once, often] = [createBudget({ perDay: 0.5 }), createBudget({ perDay: 0.5 })]
  once.spend(0)
  for (let i = 0; i < 50; i++) often.spend(i * 1000)
  expect(often.save().spent).toBe(once.save().spent)
})

test('a budget that was kept goes on where it was', () => {
  const budget = createBudget({ perDay: 1 })
  for (let i = 0; i < 5; i++) budget.spend(i * HOUR_MS)
  const kept = createBudget({ perDay: 1 }, JSON.parse(JSON.stringify(budget.save())))
  expect(kept.asks(6 * HOUR_MS, 7)).toBe(budget.asks(6 * HOUR_MS, 7))
})
