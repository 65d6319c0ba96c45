import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerOf, at, attempt, input, PLAN, POLICY, WEB } from '../../../test/gate-world.ts'
import type { Moment } from '../../lib/clock.ts'
import { attempts, latchOf } from './attempts.ts'

const SHORT = { attempts: 3, withinMs: 300_000, latches: false }
const LONG = { attempts: 4, withinMs: 21_600_000, latches: true }
const limits = { perTarget: [SHORT, LONG], minHealthy: 1 }
const NOW = 100_000_000
const world = { limits }
const asked = (agesMs: readonly number[], now: Moment = at(NOW)): ReturnType<typeof attempts.ask> =>
  attempts.ask(input({ world, ask: { now }, ledger: { attempts: agesMs.map((age) => attempt(NOW - age)) } }))

describe('N attempts within a time', () => {
  test('are allowed, and the next is held', () => {
    expect(asked([1000, 2000]).answer).toBe('allow')
    expect(asked([1000, 2000, 3000])).toMatchObject({ answer: 'hold', value: 3, limit: '3 in 5m' })
  })

  test('count no longer once the time is over', () => {
    expect(asked([SHORT.withinMs, 1000, 2000]).answer).toBe('allow')
    expect(asked([SHORT.withinMs - 1, 1000, 2000]).answer).toBe('hold')
  })

  test('of which the longer limit is told first: it latches', () => {
    expect(asked([1000, 2000, 3000, 4000])).toMatchObject({
      answer: 'hold',
      reason: 'recurring, the repair masks a fault: attempt 5 within 6h',
      unlocks: `kintsugi release ${WEB}`,
    })
  })

  test('of a policy of its own are held beside those of all, for its plans only', () => {
    const own = { attempts: 2, withinMs: 86_400_000, latches: false }
    const held = (limit: typeof own, policy = POLICY.name): unknown =>
      answerOf(attempts, {
        world: { ...world, policies: new Map([[policy, { ...POLICY, limit }]]) },
        ledger: { attempts: [attempt(NOW - 80_000_000), attempt(NOW - 70_000_000)] },
        ask: { now: at(NOW) },
      })
    expect(held(own)).toBe('hold')
    expect(held({ ...own, attempts: 3 })).toBe('allow')
    expect(held(own, 'another')).toBe('allow')
  })

  test('do not count where they are those of the run that asks', () => {
    const own = attempt(NOW - 1, { run: 'run-me' })
    const ledger = { attempts: [attempt(NOW - 3), attempt(NOW - 2), own] }
    expect(answerOf(attempts, { world, ledger, ask: { now: at(NOW), run: 'run-me' } })).toBe('allow')
    expect(answerOf(attempts, { world, ledger, ask: { now: at(NOW), run: 'run-other' } })).toBe('hold')
  })

  test('are counted apart in shadow and live', () => {
    const ledger = { attempts: [1, 2, 3].map((age) => attempt(NOW - age, { shadow: true })) }
    expect(answerOf(attempts, { world, ledger, ask: { now: at(NOW) } })).toBe('allow')
    expect(answerOf(attempts, { world: { ...world, mode: 'shadow' }, ledger, ask: { now: at(NOW) } })).toBe('hold')
  })
})

test('a latched owner is held, whatever it spent, until a person releases it', () => {
  const latches = [{ owner: WEB, since: at(0), reason: 'recurring' }]
  expect(attempts.ask(input({ ledger: { latches } }))).toMatchObject({
    answer: 'hold',
    person: true,
    reason: 'recurring',
  })
})

test('a limit never opens earlier because somebody set the wall clock', () => {
  const ages = fc.array(fc.integer({ min: 0, max: 2 * SHORT.withinMs }), { maxLength: 6 })
  fc.assert(
    fc.property(ages, fc.integer({ min: -1e12, max: 1e12 }), (agesMs, jumpMs) => {
      const jumped = { ...at(NOW), wallMs: at(NOW).wallMs + jumpMs }
      expect(asked(agesMs, jumped).answer).toBe(asked(agesMs).answer)
    }),
  )
})

test('never more than N attempts start within any window of the limit, however they are asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 40 }), (gaps) => {
      let now = 0
      const started: number[] = []
      for (const gap of gaps) {
        now += gap
        const ledger = { attempts: started.map((ms) => attempt(ms)) }
        if (answerOf(attempts, { ledger, ask: { now: at(now) } }) === 'allow') started.push(now)
      }
      for (const from of started) {
        expect(started.filter((ms) => ms >= from && ms < from + SHORT.withinMs).length).toBeLessThanOrEqual(3)
      }
    }),
  )
})

describe('latching', () => {
  const ledger = (count: number, shadow = false): ReturnType<typeof input>['ledger'] =>
    input({ ledger: { attempts: Array.from({ length: count }, (_, i) => attempt(NOW - i, { shadow })) } }).ledger

  test('begins when a latching limit is reached, and not before', () => {
    expect(latchOf(PLAN, ledger(3), limits, at(NOW))).toBeUndefined()
    expect(latchOf(PLAN, ledger(4), limits, at(NOW))).toContain('recurring')
  })

  test('happens once, and never for what only happened in shadow', () => {
    const latches = [{ owner: WEB, since: at(0), reason: 'recurring' }]
    expect(latchOf(PLAN, { ...ledger(4), latches }, limits, at(NOW))).toBeUndefined()
    expect(latchOf(PLAN, ledger(4, true), limits, at(NOW))).toBeUndefined()
  })
})
