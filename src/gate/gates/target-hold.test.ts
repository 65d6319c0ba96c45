import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerOf, API, at, input, restart, SHOP, WEB, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import type { Hold } from '../../domain/ledger.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { targetHold } from './target-hold.ts'

const holdOn = (target: ResourceRef): Hold => ({ target, since: at(0), forMs: 1000, reason: 'disks', by: 'ada' })
const asked = (target: ResourceRef, ms = 10, plan = {}): string =>
  answerOf(targetHold, { plan, ledger: { holds: [holdOn(target)] }, ask: { now: at(ms) } })

test.each([WEB_1, WEB, SHOP])('a hold on %s holds a plan for web-1', (target) => {
  expect(asked(target)).toBe('hold')
})

test.each([WEB_2, API])('a hold on %s does not', (target) => {
  expect(asked(target)).toBe('allow')
})

test('a hold on one of its parts holds a plan for the service', () => {
  expect(asked(WEB_2, 10, { target: WEB, within: [SHOP], steps: [restart(WEB_1), restart(WEB_2)] })).toBe('hold')
})

test('ends when its time is over, says who and when', () => {
  expect(asked(WEB, 1000)).toBe('allow')
  expect(targetHold.ask(input({ ledger: { holds: [holdOn(WEB)] }, ask: { now: at(600) } }))).toMatchObject({
    reason: `ada holds ${WEB}: disks`,
    unlocks: `in 400ms, or: kintsugi release ${WEB}`,
  })
})

test('never ends earlier because somebody set the wall clock', () => {
  fc.assert(
    fc.property(fc.nat(2000), fc.integer({ min: -1e12, max: 1e12 }), (ms, jumpMs) => {
      const now = { ...at(ms), wallMs: at(ms).wallMs + jumpMs }
      expect(answerOf(targetHold, { ledger: { holds: [holdOn(WEB)] }, ask: { now } })).toBe(
        ms < 1000 ? 'hold' : 'allow',
      )
    }),
  )
})
