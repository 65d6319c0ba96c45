import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerOf, at, attempt, input, PLAN, POLICY } from '../../../test/gate-world.ts'
import type { SpentAttempt } from '../../domain/ledger.ts'
import { cooldown } from './cooldown.ts'

const NOW = 10_000_000
const { cooldownMs } = PLAN
const asked = (...attempts: SpentAttempt[]): string =>
  answerOf(cooldown, { ledger: { attempts }, ask: { now: at(NOW) } })

test('an owner that was never worked on, or has rested, is free', () => {
  expect(asked()).toBe('allow')
  expect(asked(attempt(0, { endedAt: at(NOW - cooldownMs) }))).toBe('allow')
})

test('rest counts from the end of the last run, not from its start', () => {
  expect(asked(attempt(0, { endedAt: at(NOW - cooldownMs + 1) }))).toBe('hold')
  expect(asked(attempt(0, { endedAt: at(NOW - 1) }), attempt(0, { endedAt: at(5) }))).toBe('hold')
})

test('a run that has not ended is no rest, however long ago it began', () => {
  const { endedAt: _, ...open } = attempt(0)
  expect(asked(open)).toBe('hold')
})

test('in shadow, where nothing runs, rest counts from the decision', () => {
  const { endedAt: _, ...open } = attempt(NOW - cooldownMs, { shadow: true })
  const world = { mode: 'shadow' as const }
  expect(answerOf(cooldown, { world, ledger: { attempts: [open] }, ask: { now: at(NOW) } })).toBe('allow')
  expect(answerOf(cooldown, { world, ledger: { attempts: [open] }, ask: { now: at(NOW - 1) } })).toBe('hold')
})

test('after failures in a row the rest is longer, as the policy says', () => {
  const policies = new Map([[POLICY.name, { ...POLICY, backoff: { factor: 2, maxMs: 3 * cooldownMs } }]])
  const spent = (agoMs: number): SpentAttempt =>
    attempt(0, { at: at(NOW - agoMs), endedAt: at(NOW - agoMs), outcome: 'spent' })
  const rested = (...attempts: SpentAttempt[]): string =>
    answerOf(cooldown, { world: { policies }, ledger: { attempts }, ask: { now: at(NOW) } })
  expect(rested(spent(cooldownMs))).toBe('allow')
  expect(rested(spent(cooldownMs), spent(cooldownMs))).toBe('hold')
  expect(rested(spent(2 * cooldownMs), spent(2 * cooldownMs))).toBe('allow')
  expect(rested(...[9, 8, 7, 6, 5].map(() => spent(3 * cooldownMs)))).toBe('allow')
})

test('says when it opens', () => {
  const attempts = [attempt(0, { endedAt: at(NOW - 15_000) })]
  const answer = cooldown.ask(input({ ledger: { attempts }, ask: { now: at(NOW) } }))
  expect(answer).toMatchObject({ value: '15s', limit: '1m', unlocks: 'in 45s' })
})

test('a policy without a cooldown has none', () => {
  expect(answerOf(cooldown, { plan: { cooldownMs: 0 }, ledger: { attempts: [attempt(0)] }, ask: { now: at(0) } })).toBe(
    'allow',
  )
})

test('never shortens because somebody set the wall clock', () => {
  fc.assert(
    fc.property(fc.nat(2 * cooldownMs), fc.integer({ min: -1e12, max: 1e12 }), (ageMs, jumpMs) => {
      const ledger = { attempts: [attempt(0, { endedAt: at(NOW - ageMs) })] }
      const now = { ...at(NOW), wallMs: at(NOW).wallMs + jumpMs }
      expect(answerOf(cooldown, { ledger, ask: { now } })).toBe(ageMs >= cooldownMs ? 'allow' : 'hold')
    }),
  )
})
