import { expect, test } from 'vitest'
import { answerOf, API, input, restart, WEB, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import { footing } from './footing.ts'

const on = (...targets: (typeof WEB)[]) => ({
  footing: targets.map((target) => ({ target, what: 'this very process' })),
})

test('what Kintsugi stands on is denied, with what and why', () => {
  expect(footing.ask(input({ world: on(WEB_1) }))).toMatchObject({
    answer: 'deny',
    reason: `Kintsugi stands on ${WEB_1}: this very process`,
    value: WEB_1,
    person: true,
  })
})

test('every other target is allowed, also the owner of the plan and its siblings', () => {
  expect(answerOf(footing, { world: on() })).toBe('allow')
  expect(answerOf(footing, { world: on(WEB, WEB_2, API) })).toBe('allow')
})

test('one step on it denies the plan, and one that only disrupts it too', () => {
  expect(answerOf(footing, { world: on(WEB_2), plan: { steps: [restart(WEB_1), restart(WEB_2)] } })).toBe('deny')
  const drain = { ...restart(API), disrupts: [WEB_2] }
  expect(answerOf(footing, { world: on(WEB_2), plan: { target: API, steps: [drain] } })).toBe('deny')
})
