import { expect, test } from 'vitest'
import { API, at, attempt, WEB } from '../../../test/gate-world.ts'
import type { AttemptLimit } from '../../domain/policy.ts'
import { budgetsOf } from './budgets.ts'

const LIMITS: readonly AttemptLimit[] = [
  { attempts: 3, withinMs: 300_000, latches: false },
  { attempts: 4, withinMs: 21_600_000, latches: true },
]
const MINUTE = 60_000

test('of the limits of an owner the tightest is shown, and the tightest owner first', () => {
  const spent = [attempt(0, { owner: API }), attempt(58 * MINUTE), attempt(59 * MINUTE)]
  expect(budgetsOf(spent, LIMITS, [], at(60 * MINUTE))).toEqual([
    { owner: WEB, used: 2, attempts: 3, withinMs: 300_000, latched: false },
    { owner: API, used: 1, attempts: 4, withinMs: 21_600_000, latched: false },
  ])
})

test('what is spent no longer counts, unless it has latched', () => {
  const spent = [attempt(0), attempt(0, { owner: API })]
  const latches = [{ owner: WEB, since: at(0), reason: 'recurring' }]
  expect(budgetsOf(spent, LIMITS, latches, at(24 * 60 * MINUTE))).toEqual([
    { owner: WEB, used: 0, attempts: 3, withinMs: 300_000, latched: true },
  ])
})
