import fc from 'fast-check'
import { expect, test } from 'vitest'
import { input } from '../../test/gate-world.ts'
import type { GateAnswer } from '../domain/verdict.ts'
import { check } from './check.ts'
import type { Gate } from './gate.ts'
import { GATES } from './registry.ts'

const STRICTNESS = ['allow', 'hold', 'deny'] as const
const gateOf = (answer: GateAnswer['answer'] | 'throw', guardsUndo = false): Gate => ({
  name: answer,
  guardsUndo,
  ask: () => {
    if (answer === 'throw') throw new Error('cannot read the lease')
    return { answer, reason: answer }
  },
})

test('the strictest answer wins, whatever the order; a throw holds; every answer is kept', () => {
  const answers = fc.array(fc.constantFrom(...STRICTNESS, 'throw' as const), { minLength: 1 })
  fc.assert(
    fc.property(answers, (given) => {
      const verdict = check(
        given.map((one) => gateOf(one)),
        input(),
      )
      const meant = given.map((one) => (one === 'throw' ? 'hold' : one))
      expect(verdict.answers.map(({ answer }) => answer)).toEqual(meant)
      expect(verdict.answer).toBe(STRICTNESS[Math.max(...meant.map((one) => STRICTNESS.indexOf(one)))])
    }),
  )
})

test('a gate that throws says why it could not decide, and needs a person', () => {
  expect(check([gateOf('throw')], input()).answers).toEqual([
    { gate: 'throw', answer: 'hold', reason: 'could not decide: cannot read the lease', person: true },
  ])
})

test('no gates at all hold', () => {
  expect(check([], input()).answer).toBe('hold')
  expect(check([gateOf('allow', false)], input({ ask: { purpose: 'undo' } })).answer).toBe('hold')
})

test('an answer that is none of the three is not taken for an allow', () => {
  const silent: Gate = { name: 'silent', guardsUndo: false, ask: () => JSON.parse('{}') }
  expect(check([gateOf('allow'), silent], input()).answer).toBe('hold')
})

test('an undo is asked of two gates only', () => {
  const asked = check(GATES, input({ ask: { purpose: 'undo' } })).answers.map(({ gate }) => gate)
  expect(asked).toEqual(['blindness', 'min-healthy'])
})

test('the sample plan passes every gate, at the start and at its step', () => {
  expect(check(GATES, input()).answers.filter(({ answer }) => answer !== 'allow')).toEqual([])
  const { plan } = input()
  const step = plan.steps[0]!
  expect(check(GATES, input({ ask: { purpose: 'apply', step, run: 'run-1' } })).answer).toBe('allow')
})
