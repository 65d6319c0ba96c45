import { expect, test } from 'vitest'
import { answerOf, POLICY } from '../../../test/gate-world.ts'
import { autonomy } from './autonomy.ts'

test.each([
  ['observe', 'deny'],
  ['suggest', 'hold'],
  ['approve', 'hold'],
  ['auto', 'allow'],
] as const)('a policy that may %s: %s', (level, answer) => {
  const policies = new Map([[POLICY.name, { ...POLICY, autonomy: level }]])
  expect(answerOf(autonomy, { world: { policies } })).toBe(answer)
})

test('a policy that is gone lets it do nothing', () => {
  expect(answerOf(autonomy, { world: { policies: new Map() } })).toBe('deny')
})
