import { expect, test } from 'vitest'
import { answerOf, at, input } from '../../../test/gate-world.ts'
import { killSwitch } from './kill-switch.ts'

const pause = { freeze: false, since: at(0), reason: 'lunch', by: 'ada' }

test.each(['pause', 'freeze', 'unreadable'] as const)('a kill-switch file that says %s denies', (file) => {
  expect(answerOf(killSwitch, { world: { killSwitch: file } })).toBe('deny')
})

test('a pause denies as soon as it is felt, and as long as the record has it', () => {
  expect(answerOf(killSwitch, { world: { pause } })).toBe('deny')
  expect(answerOf(killSwitch, { ledger: { pause } })).toBe('deny')
  expect(answerOf(killSwitch)).toBe('allow')
})

test('says who paused or froze, and how to go on', () => {
  expect(killSwitch.ask(input({ world: { pause } }))).toMatchObject({
    reason: 'paused by ada: lunch',
    unlocks: 'kintsugi resume --reason ...',
  })
  expect(killSwitch.ask(input({ world: { pause: { ...pause, freeze: true } } })).reason).toBe('frozen by ada: lunch')
})
