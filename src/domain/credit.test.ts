import { describe, expect, test } from 'vitest'
import { signal, PLAN } from '../../test/gate-world.ts'
import type { Comparison } from './comparison.ts'
import { creditOf, endedByOf, type Ended } from './credit.ts'
import type { Attempt } from './incident.ts'
import type { SignalState } from './plan.ts'

const measured = (at: number, ...states: SignalState['state'][]): NonNullable<Ended['before']> => ({
  at,
  own: states.map((state) => signal(state)),
  guards: [],
})
const ended = (more: Partial<Ended> = {}): Ended => ({
  plan: PLAN,
  outcome: 'healed',
  before: measured(60_000, 'violated'),
  comparisons: [],
  now: 90_000,
  ...more,
})
const comparison = (verdict: Comparison['verdict'], well: number): Comparison => ({
  verdict,
  treated: { of: 3, well: 3, signals: [] },
  controls: { of: 5, well, signals: [] },
  guards: [],
  chance: 0.018,
  recovered: [],
  reasons: [],
})

describe('with untouched targets to compare with', () => {
  test.each([
    ['better', 0, 'fixed-by-us'],
    ['alone', 5, 'recovered-alone'],
    ['alone', 2, 'unknown'],
  ] as const)('%s, with %i of 5 untouched well: %s', (verdict, well, credit) => {
    const comparisons = [comparison(verdict, well)]
    expect(creditOf(ended({ comparisons }))).toMatchObject({ credit, controlled: true })
  })

  test('the numbers are told', () => {
    const { reason } = creditOf(ended({ comparisons: [comparison('better', 0)] })) ?? {}
    expect(reason).toBe('3 of 3 treated and 0 of 5 untouched are well (by chance alone: 0.018)')
  })
})

describe('with before and after alone', () => {
  const history = (...alone: number[]): Ended['plan'] => ({ ...PLAN, history: { since: 0, alone } })

  test('violated right before the effect, well after it: ours, and said to be uncontrolled', () => {
    expect(creditOf(ended())).toMatchObject({ credit: 'fixed-by-us', controlled: false })
  })
  test('nobody wrote down, or saw, how it was right before: unknown', () => {
    const { before: _, ...rest } = ended()
    expect(creditOf(rest)).toMatchObject({ credit: 'unknown' })
    expect(creditOf(ended({ before: measured(0, 'violated', 'blind') }))).toMatchObject({ credit: 'unknown' })
  })
  test('well already before the effect: it recovered alone, whatever the outcome', () => {
    for (const outcome of ['spent', 'rolled-back', 'healed'] as const) {
      expect(creditOf(ended({ outcome, before: measured(0, 'well') }))).toMatchObject({ credit: 'recovered-alone' })
    }
  })
  test('it has usually passed by itself within as long: unknown', () => {
    expect(creditOf(ended({ plan: history(70_000, 80_000) }))).toMatchObject({
      credit: 'unknown',
      reason: 'it has passed by itself within 1m30s 2 of the last 2 times',
    })
  })
  test('one such time says nothing, nor do times that lasted longer', () => {
    expect(creditOf(ended({ plan: history(70_000) }))).toMatchObject({ credit: 'fixed-by-us' })
    expect(creditOf(ended({ plan: history(70_000, 500_000, 600_000) }))).toMatchObject({ credit: 'fixed-by-us' })
  })
  test('it was older before the effect than it ever became by itself: ours', () => {
    expect(creditOf(ended({ plan: history(5000, 8000) }))).toMatchObject({ credit: 'fixed-by-us' })
  })
  test('where nothing was mended nobody has mended it', () => {
    for (const outcome of ['spent', 'rolled-back', 'parked', 'stuck', 'abandoned'] as const) {
      expect(creditOf(ended({ outcome }))).toBeUndefined()
    }
  })
})

describe('who ended an incident agrees with the credit of its last attempt', () => {
  const attempt = (more: Partial<Attempt>): Attempt => ({
    run: 'run-1',
    plan: 'plan-1',
    remedy: 'restart-instance',
    target: PLAN.target,
    ...more,
  })
  test.each([
    [{ outcome: 'healed', credit: 'fixed-by-us' }, 'kintsugi'],
    [{ outcome: 'healed', credit: 'recovered-alone' }, 'itself'],
    [{ outcome: 'spent', credit: 'recovered-alone' }, 'itself'],
    [{ outcome: 'healed', credit: 'unknown' }, 'unknown'],
    [{ outcome: 'spent' }, 'unknown'],
    [{ outcome: 'abandoned' }, 'itself'],
    // Records from before credit was written down.
    [{ outcome: 'healed' }, 'kintsugi'],
    [{ outcome: 'helped' }, 'kintsugi'],
  ] as const)('%j: %s', (more, endedBy) => {
    expect(endedByOf([attempt(more)], 0)).toBe(endedBy)
  })
  test('what came back after the last attempt was not ended by it', () => {
    expect(endedByOf([attempt({ outcome: 'healed', credit: 'fixed-by-us' })], 1)).toBe('unknown')
  })
})
