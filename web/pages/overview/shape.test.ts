import { expect, test } from 'vitest'
import type { Need } from '../../../src/domain/view.ts'
import { budgetsInOrder, needsInOrder, usedShare } from './shape.ts'

const need = (kind: Need['kind'], since: number, expiresAt?: number): Need => ({
  kind,
  subject: `${kind}-${since}`,
  target: 'lab:shop/instance/web-1',
  since,
  reason: 'because',
  ...(expiresAt !== undefined && { expiresAt }),
})

test('the most urgent need comes first, and what expires soonest among proposals', () => {
  const needs = [
    need('latched', 1),
    need('proposal', 1, 90),
    need('proposal', 2, 50),
    need('stuck', 9),
    need('blind', 3),
  ]
  expect(needsInOrder(needs, 10).map(({ subject }) => subject)).toEqual([
    'stuck-9',
    'proposal-2',
    'proposal-1',
    'blind-3',
    'latched-1',
  ])
})

test('a proposal that has expired needs nobody', () => {
  expect(needsInOrder([need('proposal', 1, 90)], 89)).toHaveLength(1)
  expect(needsInOrder([need('proposal', 1, 90)], 90)).toEqual([])
})

test('the tightest budget comes first', () => {
  const budget = (name: string, used: number, latched = false) =>
    ({ owner: `lab:shop/service/${name}`, used, attempts: 4, withinMs: 1000, latched }) as const
  const budgets = [budget('a', 1), budget('b', 3), budget('c', 1, true), budget('d', 3)]
  expect(budgetsInOrder(budgets).map(({ owner }) => owner.at(-1))).toEqual(['c', 'b', 'd', 'a'])
})

test('a budget of nothing is used up, and none is used more than wholly', () => {
  expect(usedShare({ used: 0, attempts: 0 })).toBe(1)
  expect(usedShare({ used: 5, attempts: 4 })).toBe(1)
  expect(usedShare({ used: 1, attempts: 4 })).toBe(0.25)
})
