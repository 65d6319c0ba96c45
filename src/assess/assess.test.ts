import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PLAN, signal, TOPOLOGY, API, WEB_1 } from '../../test/gate-world.ts'
import type { Assessment } from '../domain/assessment.ts'
import type { Measure, SignalState } from '../domain/plan.ts'
import { assess } from './assess.ts'

const EFFECT_AT = 1000
const LATER = 2000

const own = (state: SignalState['state'], more: Partial<SignalState> = {}): SignalState =>
  signal(state, { at: LATER, ...more })
const guard = (value: number | null, more: Partial<SignalState> = {}): SignalState => ({
  signal: 'errors',
  target: API,
  state: value === null ? 'blind' : value > 0.02 ? 'violated' : 'well',
  at: LATER,
  value,
  limit: 0.02,
  ...more,
})
const measureOf = (owns: readonly SignalState[], guards: readonly SignalState[] = []): Measure => ({
  at: LATER,
  own: owns,
  guards,
})
const judged = (before: Measure, now: Measure): Assessment =>
  assess({ ...PLAN, verify: { ...PLAN.verify, before } }, now, EFFECT_AT, TOPOLOGY)

const BROKEN = measureOf([own('violated')], [guard(0.5)])

describe('did it help', () => {
  test.each<[string, Measure, Measure, Assessment['result'], boolean]>([
    ['everything is well', BROKEN, measureOf([own('well')], [guard(0.01)]), 'better', true],
    [
      'fewer signals are violated',
      measureOf([own('violated'), own('violated', { target: API })]),
      measureOf([own('well'), own('violated', { target: API })]),
      'better',
      false,
    ],
    ['nothing changed', BROKEN, BROKEN, 'unchanged', false],
    ['a guard is down by more than a quarter', BROKEN, measureOf([own('violated')], [guard(0.3)]), 'better', false],
    ['a guard is a little down', BROKEN, measureOf([own('violated')], [guard(0.45)]), 'unchanged', false],
    ['a guard is a little up: noise', BROKEN, measureOf([own('well')], [guard(0.52)]), 'better', false],
    [
      'a guard that was well is violated',
      measureOf([own('violated')], [guard(0.01)]),
      measureOf([own('well')], [guard(0.3)]),
      'worse',
      false,
    ],
    [
      'more signals are violated',
      measureOf([own('violated'), own('well', { target: API })]),
      measureOf([own('violated'), own('violated', { target: API })]),
      'worse',
      false,
    ],
    ['one signal cannot be seen', BROKEN, measureOf([own('well')], [guard(null)]), 'blind', false],
    [
      'one signal has said nothing since',
      BROKEN,
      measureOf([own('well', { at: EFFECT_AT })], [guard(0.01)]),
      'unchanged',
      false,
    ],
    ['the plan watches nothing', measureOf([]), measureOf([], [guard(0.01)]), 'blind', false],
  ])('%s', (_what, before, now, result, enough) => {
    expect(judged(before, now)).toMatchObject({ result, enough })
  })

  test('a guard that was too broken to say anything has only got better, be it still violated', () => {
    const before = measureOf([own('violated')], [guard(null, { state: 'violated' })])
    expect(judged(before, measureOf([own('well')], [guard(0.05)])).result).toBe('better')
    expect(judged(before, before).result).toBe('unchanged')
  })

  test('an own signal that came much nearer to its limit is better, also where low is bad; a little is noise', () => {
    const errors = (value: number, limit = 5): Measure => measureOf([own('violated', { value, limit })])
    expect(judged(errors(40), errors(20))).toMatchObject({ result: 'better', enough: false })
    expect(judged(errors(40), errors(35)).result).toBe('unchanged')
    expect(judged(errors(20), errors(40)).result).toBe('unchanged')
    expect(judged(errors(5, 50), errors(45, 50)).result).toBe('better')
    const two = (a: number, b: number): Measure =>
      measureOf([...errors(a).own, own('violated', { target: API, value: b, limit: 5 })])
    expect(judged(two(40, 40), two(20, 60)).result).toBe('unchanged')
  })

  test('the target is well while the rest of the incident is not', () => {
    const before = measureOf([own('violated'), own('violated', { target: API })])
    const now = measureOf([own('well'), own('violated', { target: API })])
    expect(judged(before, now)).toMatchObject({ result: 'better', enough: false, targetWell: true })
  })
})

describe('as laws', () => {
  const state = fc.constantFrom('well' as const, 'violated' as const, 'blind' as const)
  const value = fc.double({ min: 0, max: 1, noNaN: true })
  const aSignal = fc.record({
    signal: fc.constantFrom('a', 'b'),
    target: fc.constantFrom(WEB_1, API),
    state,
    at: fc.constantFrom(EFFECT_AT - 1, EFFECT_AT, LATER),
    value: fc.option(value),
  })
  const aMeasure = fc.record({
    at: fc.constant(LATER),
    own: fc.array(aSignal, { maxLength: 4 }),
    // A guard's name stands once in a configuration, so no measure has two values of one guard.
    guards: fc.uniqueArray(aSignal, { maxLength: 3, selector: ({ signal, target }) => `${signal} ${target}` }),
  })

  test('no data is never better, and nothing but fresh data on everything is enough', () => {
    fc.assert(
      fc.property(aMeasure, aMeasure, (before, now) => {
        const { result, enough, targetWell } = judged(before, now)
        const all = [...now.own, ...now.guards]
        if (all.some((one) => one.state === 'blind') || now.own.length === 0) expect(result).toBe('blind')
        if (all.some((one) => one.at <= EFFECT_AT)) expect(result).not.toBe('better')
        expect(enough).toBe(now.own.length > 0 && all.every((one) => one.state === 'well' && one.at > EFFECT_AT))
        if (enough) expect(result).toBe('better')
        if (targetWell && !enough) expect(result).toBe('better')
      }),
    )
  })

  test('a world that is as it was is never better and never worse', () => {
    const violated = aMeasure.filter(({ own: all }) => all.some((one) => one.state === 'violated'))
    fc.assert(
      fc.property(violated, (before) => {
        expect(['unchanged', 'blind']).toContain(judged(before, before).result)
      }),
    )
  })

  test('every answer but one says why', () => {
    fc.assert(
      fc.property(aMeasure, aMeasure, (before, now) => {
        const { result, reasons } = judged(before, now)
        if (result !== 'unchanged' && result !== 'better') expect(reasons.length).toBeGreaterThan(0)
      }),
    )
  })
})
