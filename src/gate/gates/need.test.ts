import { expect, test } from 'vitest'
import { successOf, type Measure, type SignalState } from '../../domain/plan.ts'
import { answerOf, API, PLAN, signal, WEB_2 } from '../../../test/gate-world.ts'
import { need } from './need.ts'

const [first] = PLAN.steps
const seeing = (state: SignalState['state']): { world: { measure: Measure } } => ({
  world: { measure: { at: 1, own: [signal(state)], guards: [] } },
})

test('what is violated, or cannot be seen, is in need', () => {
  expect(answerOf(need, seeing('violated'))).toBe('allow')
  expect(answerOf(need, seeing('blind'))).toBe('allow')
})

test('what mended itself before the first effect is left alone', () => {
  expect(answerOf(need, seeing('well'))).toBe('hold')
  expect(answerOf(need, { ...seeing('well'), ask: { purpose: 'apply', step: first! } })).toBe('hold')
})

test('a later step, and a repeat of one that may have landed, are past that question', () => {
  expect(answerOf(need, { ...seeing('well'), ask: { purpose: 'apply', step: { ...first!, name: 'another' } } })).toBe(
    'allow',
  )
  expect(answerOf(need, { ...seeing('well'), ask: { purpose: 'repeat', step: first! } })).toBe('allow')
})

test('a plan that watches nothing of its target is not called well', () => {
  expect(answerOf(need, { world: { measure: { at: 1, own: [], guards: [] } } })).toBe('hold')
})

test('a success that is not reached yet is no need of its own', () => {
  const own = [signal('well'), signal('violated', { signal: successOf(PLAN.remedy) })]
  expect(answerOf(need, { world: { measure: { at: 1, own, guards: [] } } })).toBe('hold')
})

test("a plan for a pool is needed by what it stands in front of, one for a silent root by that root's dependents", () => {
  const plan = { target: 'edge:shop/pool/web' as const }
  const seen = (...own: SignalState[]): object => ({ plan, world: { measure: { at: 1, own, guards: [] } } })
  expect(answerOf(need, seen(signal('violated', { target: WEB_2 })))).toBe('allow')
  expect(answerOf(need, seen(signal('well'), signal('violated', { target: API })))).toBe('hold')
  expect(answerOf(need, seen(signal('violated', { target: API })))).toBe('allow')
  expect(answerOf(need, seen(signal('well', { target: API })))).toBe('hold')
})
