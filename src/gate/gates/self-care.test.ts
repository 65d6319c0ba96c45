import { expect, test } from 'vitest'
import { answerOf, input } from '../../../test/gate-world.ts'
import { selfCare } from './self-care.ts'

test('a Kintsugi that is well may begin', () => {
  expect(answerOf(selfCare)).toBe('allow')
})

test('one that is not holds, with all that ails it and what would end that', () => {
  const ailments = [
    { what: 'no watchdog', since: 0, unlocks: 'when it fires' },
    { what: 'memory is full', since: 5, unlocks: 'when there is less' },
  ]
  expect(selfCare.ask(input({ world: { ailments } }))).toEqual({
    answer: 'hold',
    reason: 'no watchdog; memory is full',
    value: 2,
    limit: 0,
    unlocks: 'when it fires; when there is less',
  })
})
