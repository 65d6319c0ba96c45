import { expect, test } from 'vitest'
import { answerOf } from '../../../test/gate-world.ts'
import { shadow } from './shadow.ts'

test('shadow denies, live does not', () => {
  expect(answerOf(shadow, { world: { mode: 'shadow' } })).toBe('deny')
  expect(answerOf(shadow, { world: { mode: 'live' } })).toBe('allow')
})

test('a mode that is neither denies', () => {
  expect(answerOf(shadow, { world: { mode: JSON.parse('"dry-run"') } })).toBe('deny')
})
