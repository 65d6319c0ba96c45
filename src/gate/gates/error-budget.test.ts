import { describe, expect, test } from 'vitest'
import { API, input, PLAN, POLICY, restart, WEB, WEB_1 } from '../../../test/gate-world.ts'
import type { BudgetNow } from '../../domain/error-budget.ts'
import type { Policy } from '../../domain/policy.ts'
import { errorBudget } from './error-budget.ts'

/** 43 minutes of 30 days. */
const budget = { objective: 0.999, windowMs: 30 * 86_400_000, keep: 0.1 }
const left = (share: number | undefined, more: Partial<BudgetNow> = {}): BudgetNow => ({
  slo: 'users',
  target: WEB,
  budget,
  ...(share !== undefined && { spent: 1 - share }),
  ...more,
})
const weighed = { risk: { risk: 1, blast: 0.5 }, verify: { ...PLAN.verify, withinMs: 600_000 } }
const ask = (budgets: readonly BudgetNow[], more: Parameters<typeof input>[0] = {}) =>
  errorBudget.ask(input({ plan: weighed, ...more, world: { budgets, ...more.world } }))
const policies = (change: Partial<Policy>) => new Map([[POLICY.name, { ...POLICY, ...change }]])
const schedule = { every: { ms: 60_000 }, jitterMs: 0, windowMs: 60_000, catchUp: true, conditional: false }

describe('a repair', () => {
  test('that costs less than what is left goes on', () => {
    expect(ask([left(0.12)])).toMatchObject({ answer: 'allow' })
  })

  test('that could cost more asks a person, and goes on with their yes', () => {
    expect(ask([left(0.11)])).toMatchObject({ answer: 'hold', value: '11.6%', limit: '11%', approvable: true })
    const approval = { proposal: 'p', by: 'ann', reason: 'go', at: 0 }
    expect(ask([left(0.11)], { ask: { approval } })).toMatchObject({ answer: 'allow' })
  })

  test('that takes nothing away is not held, whatever is left', () => {
    expect(ask([left(-3)], { plan: { ...weighed, risk: { risk: 1, blast: 0 } } })).toMatchObject({ answer: 'allow' })
  })

  test('that nobody has weighed is as heavy as can be', () => {
    const { risk: _, ...rest } = weighed
    expect(ask([left(0.2)], { plan: rest })).toMatchObject({ answer: 'hold', value: '23.1%' })
  })

  test('that has begun is not stopped halfway', () => {
    const steps = [restart(WEB), restart(WEB_1)]
    const later = { purpose: 'apply', step: restart(WEB_1), run: 'run-1' } as const
    expect(ask([left(0)], { plan: { ...weighed, steps }, ask: later })).toMatchObject({ answer: 'allow' })
  })
})

describe('what is not urgent', () => {
  test.each([
    ['maintenance', { schedule }],
    ['what only prevents', { condition: 'forecast(disk[1h], 4h) > 90' }],
    ['what is foreseen', { condition: 'disk[6h] rises to 90 within 4h' }],
  ])('%s waits while little is left', (_what, change) => {
    const plan = { ...weighed, risk: { risk: 1, blast: 0 } }
    const world = { policies: policies(change) }
    expect(ask([left(0.11)], { plan, world })).toMatchObject({ answer: 'allow' })
    expect(ask([left(0.09)], { plan, world })).toMatchObject({ answer: 'hold', value: '9%', limit: '10%' })
    expect(ask([left(0.09)], { plan })).toMatchObject({ answer: 'allow' })
  })
})

test('a budget that nobody can see is said not to be known, and never taken for plenty', () => {
  expect(ask([left(undefined)]).reason).toBe("the error budget of 'users' is not known: nothing here minds it")
})

test('what Kintsugi has seen itself is the most that is left', () => {
  expect(ask([left(0.9, { seenMs: 3_600_000 })]).reason).toContain('90% left at most (seen for 1h of 30d)')
})

test('a budget counts for what it stands on, its guards, and nothing else', () => {
  expect(ask([left(0, { target: API })])).toMatchObject({ answer: 'allow' })
  const guards = [{ name: 'slo:users', target: API, expr: 'x', max: 1 }]
  expect(
    ask([left(0, { target: API })], { plan: { ...weighed, verify: { ...weighed.verify, guards } } }),
  ).toMatchObject({
    answer: 'hold',
  })
})
