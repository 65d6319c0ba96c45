import { expect, test } from 'vitest'
import { answerOf, API, restart, SHOP, WEB, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import { never } from './never.ts'

const asked = (pattern: string, plan = {}): string => answerOf(never, { world: { never: [pattern] }, plan })

test.each([WEB_1, WEB, SHOP, 'lab:shop/instance/*', 'lab:shop/**', 'lab:**', '**'])('%s covers web-1', (pattern) => {
  expect(asked(pattern)).toBe('deny')
})

test.each([WEB_2, API, '', 'lab:shop/*', 'other:**', 'lab:shop/instance/web-'])(
  "'%s' does not cover web-1",
  (pattern) => {
    expect(asked(pattern)).toBe('allow')
  },
)

test('one step out of bounds denies the plan', () => {
  expect(asked(WEB_2, { steps: [restart(WEB_1), restart(WEB_2)] })).toBe('deny')
})

test('a target that is no longer known is still covered by name', () => {
  expect(asked('lab:gone/**', { target: 'lab:gone/instance/x', within: [], steps: [] })).toBe('deny')
})

test('a step on a part of what is out of bounds denies the plan, wherever its target lies', () => {
  expect(asked(WEB, { target: API, within: [SHOP], steps: [restart(WEB_1)] })).toBe('deny')
})
