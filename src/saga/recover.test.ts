import fc from 'fast-check'
import { expect, test } from 'vitest'
import { A, ringStep } from '../../test/conformance/lamps.ts'
import { OWNER, planOf } from '../../test/conformance/plan.ts'
import type { RunRow } from '../domain/ledger.ts'
import type { RunEvent } from '../domain/run.ts'
import { planRecovery } from './recover.ts'

const at = { wallMs: 0, bootMs: 0, bootId: 'b' }
const row: RunRow = { run: 'run-1', incident: 'inc-1', plan: 'plan-1', owner: OWNER, target: A, startedAt: at }
const start: RunEvent = { kind: 'run-started', plan: planOf([ringStep(A)]), version: 'v', epoch: 1 }

const planned = (events: readonly RunEvent[], known = true): object[] =>
  planRecovery([{ row, events }], () => known).map(({ do: what, ...more }) => ({
    what,
    why: 'reason' in more ? more.reason : '',
  }))

test('a run whose log folds is resumed', () => {
  expect(planned([start])).toEqual([{ what: 'resume', why: '' }])
})

test('a run that this version cannot continue is left to a person, with the reason', () => {
  expect(planned([])).toEqual([{ what: 'give-up', why: 'its log is empty' }])
  expect(planned([start], false)).toEqual([{ what: 'give-up', why: "this version knows no action 'ring'" }])
  expect(planned([start, start])).toEqual([
    {
      what: 'give-up',
      why: 'its log cannot be read: IllegalEventError: a run that is running cannot start again',
    },
  ])
})

test('one run that cannot be continued does not stand in the way of the others', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (whole) => {
      const open = whole.map((isWhole) => ({ row, events: isWhole ? [start] : [] }))
      const plans = planRecovery(open, () => true).map((one) => one.do)
      expect(plans).toEqual(whole.map((isWhole) => (isWhole ? 'resume' : 'give-up')))
    }),
  )
})
