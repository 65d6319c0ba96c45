import { expect, test } from 'vitest'
import type { Measure, SignalState } from '../../domain/plan.ts'
import { answerOf, PLAN, signal } from '../../../test/gate-world.ts'
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

test('a plan for what stands in front of the sick is needed as long as the sick is', () => {
  const pool = { target: 'edge:shop/pool/web' } as const
  expect(answerOf(need, { ...seeing('violated'), plan: pool })).toBe('allow')
  expect(answerOf(need, { ...seeing('well'), plan: pool })).toBe('hold')
})
