import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isGood, quantile, reportOf, tableOf, type FaultResult } from './report.ts'

const healed: FaultResult = {
  fault: 'crash',
  expected: 'healed',
  mode: 'live',
  target: 'lab:shop/instance/web-1',
  beganAfterMs: 0,
  detectedAfterMs: 2100,
  causeRank: 1,
  healedAfterMs: 2500,
  stabilisedAfterMs: 6000,
  outcome: 'healed',
  remedy: 'restart-instance',
  rung: 1,
  person: false,
  harmful: 0,
  oracle: { requests: 1000, failedRequests: 90, effects: 1, harm: [] },
}
const unhealed: FaultResult = { ...healed, healedAfterMs: null, causeRank: null, outcome: 'spent' }
const held: FaultResult = { ...healed, fault: 'crash-loop', expected: 'held', healedAfterMs: null, outcome: 'held' }
const quiet = { control: 'quiet', effects: 0, runs: 0 }

test('shares and times are over the faults expected to heal', () => {
  const { summary } = reportOf(1, [healed, { ...healed, healedAfterMs: 3500 }, unhealed, held], [quiet])
  expect(summary).toMatchObject({ medianHealMs: 3000, p95HealMs: 3450, harmful: 0, controlEffects: 0 })
  expect(summary.healedShare).toBeCloseTo(2 / 3)
  expect(summary.causeTop1Share).toBeCloseTo(2 / 3)
  expect(summary.byFault['crash-loop']).toMatchObject({ rounds: 1, healedShare: null })
})

test('one thing that is not as it must be, and the whole is not good', () => {
  expect(isGood(reportOf(1, [healed, held], [quiet]))).toBe(true)
  expect(isGood(reportOf(1, [healed, unhealed], [quiet]))).toBe(false)
  expect(isGood(reportOf(1, [{ ...held, outcome: 'healed' }], [quiet]))).toBe(false)
  expect(isGood(reportOf(1, [{ ...healed, harmful: 1 }], [quiet]))).toBe(false)
  expect(isGood(reportOf(1, [healed], [{ ...quiet, effects: 1 }]))).toBe(false)
})

test('a round in shadow is good when something would have run and the incident ended by itself', () => {
  const shadow: FaultResult = { ...unhealed, mode: 'shadow', shadow: { wouldRun: 1, closedBy: 'itself' } }
  expect(isGood(reportOf(1, [shadow], []))).toBe(true)
  expect(isGood(reportOf(1, [{ ...shadow, shadow: { wouldRun: 0, closedBy: 'itself' } }], []))).toBe(false)
  expect(isGood(reportOf(1, [{ ...shadow, shadow: { wouldRun: 1, closedBy: null } }], []))).toBe(false)
})

test('a quantile lies between the least and the greatest, and rises with its share', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100_000), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const found = quantile(values, q) ?? -1
        expect(found).toBeGreaterThanOrEqual(Math.min(...values))
        expect(found).toBeLessThanOrEqual(Math.max(...values))
        expect(quantile(values, 1)).toBe(Math.max(...values))
      },
    ),
  )
  expect(quantile([], 0.5)).toBeNull()
})

test('the table has a line for each fault and each control', () => {
  const table = tableOf(reportOf(1, [healed, held], [quiet]))
  expect(table).toMatch(/^crash +1 +100 % +100 % +2\.50 s +2\.50 s +0$/m)
  expect(table).toMatch(/control quiet: 0 effects/)
})
