import { expect, test } from 'vitest'
import { answerOf } from '../../../test/gate-world.ts'
import type { Purpose } from '../gate.ts'
import { person } from './person.ts'

const takenOver = { by: 'ada', reason: 'I am on it', at: 0 }

test.each(['start', 'apply', 'repeat'] as const)(
  'what a person has taken over is left to them: %s',
  (purpose: Purpose) => {
    expect(answerOf(person, { world: { takenOver }, ask: { purpose } })).toBe('hold')
    expect(answerOf(person, { ask: { purpose } })).toBe('allow')
  },
)

test('what was begun before can still be taken back', () => {
  expect(person.guardsUndo).toBe(false)
})
