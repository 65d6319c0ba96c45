import { describe, expect, test } from 'vitest'
import { API, at, disturbance, input, restart, WEB, WEB_1, WEB_2, WEB_3 } from '../../../test/gate-world.ts'
import type { Disturbance } from '../../domain/ledger.ts'
import type { PlanStep } from '../../domain/plan.ts'
import type { ServiceLimit } from '../../domain/policy.ts'
import { blastRadius } from './blast-radius.ts'

const NOW = 10_000_000
const limits = (perService: ServiceLimit) => ({ perTarget: [], minHealthy: 0, perService })
const ONE = limits({ atOnce: 1, share: 0.25 })
const ask = (disturbances: readonly Disturbance[], more: Parameters<typeof input>[0] = {}) =>
  blastRadius.ask(input({ ...more, ledger: { disturbances }, world: { limits: ONE, ...more.world } }))

describe('at most so many instances of a service at once', () => {
  test('one may be restarted while nobody else is at the service, also where the share is less than one', () => {
    expect(ask([])).toMatchObject({ answer: 'allow' })
  })

  test('the second waits for the first, and says whose that is and what would unlock it', () => {
    expect(ask([disturbance(NOW - 5000, { by: 'run-9' })])).toEqual({
      answer: 'hold',
      reason: `2 of 3 instances of ${WEB} would be disturbed at once, with repair by run-9 (restart-instance for inc-2)`,
      value: 2,
      limit: '1 (limits.perService: 1 at once, 25%)',
      unlocks: 'when one of them is over',
    })
  })

  test('what has ended, or has run out, or is of another service, counts no more', () => {
    const other = { owner: API, target: API, instances: [API] }
    expect(ask([disturbance(NOW - 5000, { endedAt: at(NOW - 1) })])).toMatchObject({ answer: 'allow' })
    expect(ask([disturbance(NOW - 5000, { forMs: 5000 })])).toMatchObject({ answer: 'allow' })
    expect(ask([disturbance(NOW - 5000, { forMs: 5001 })])).toMatchObject({ answer: 'hold' })
    expect(ask([disturbance(NOW - 5000, other)])).toMatchObject({ answer: 'allow' })
  })

  test('the share binds where it is less than the number', () => {
    const world = { limits: limits({ atOnce: 9, share: 0.67 }) }
    const two = [WEB_2, WEB_3].map((ref) => disturbance(NOW, { target: ref, instances: [ref] }))
    expect(ask(two.slice(1), { world })).toMatchObject({ answer: 'allow' })
    expect(ask(two, { world })).toMatchObject({ answer: 'hold', value: 3 })
  })

  test('the same instance twice is one', () => {
    expect(ask([disturbance(NOW, { target: WEB_1, instances: [WEB_1] })])).toMatchObject({ answer: 'allow' })
  })

  test.each([
    ['a deployment of the whole service', { actor: 'deployment', share: 1 }],
    ['a part of it that nobody has named', { actor: 'maintenance', share: 0.1 }],
  ] as const)('%s counts, whoever announces it', (_what, more) => {
    const announced = disturbance(NOW, { id: 'ann-1', by: 'ci', target: WEB, instances: [], ...more })
    expect(ask([announced])).toMatchObject({ answer: 'hold', value: 1 + Math.ceil(more.share * 3) })
  })

  test('what shadow would have done counts in shadow only', () => {
    const shadow = [disturbance(NOW, { shadow: true })]
    expect(ask(shadow)).toMatchObject({ answer: 'allow' })
    expect(ask(shadow, { world: { limits: ONE, mode: 'shadow' } })).toMatchObject({ answer: 'hold' })
  })
})

describe('a plan of several steps', () => {
  const steps = [WEB_1, WEB_2, WEB_3].map(restart)

  test('that restarts one after the other needs room for one', () => {
    expect(ask([], { plan: { target: WEB, steps } })).toMatchObject({ answer: 'allow' })
  })

  test('that takes one after the other away needs room for all, before it begins', () => {
    const drains = steps.map((step): PlanStep => ({ ...step, reversibility: 'reversible' }))
    expect(ask([], { plan: { target: WEB, steps: drains } })).toMatchObject({ answer: 'hold', value: 2, person: true })
  })

  test('that names the whole service at once is charged all of it, and only a person can open that', () => {
    const plan = { target: WEB, steps: [restart(WEB)] }
    expect(ask([], { plan })).toMatchObject({
      answer: 'hold',
      value: 3,
      person: true,
      unlocks: 'limits.perService in kintsugi.yaml',
    })
  })

  test('passes its place on from step to step', () => {
    const run = 'run-1'
    const own = disturbance(NOW, { id: `${run}/a`, by: run, target: WEB_1, instances: [WEB_1] })
    const next = { purpose: 'apply', step: restart(WEB_2), run } as const
    expect(ask([own], { plan: { steps }, ask: next })).toMatchObject({ answer: 'allow' })
    expect(ask([{ ...own, lasting: true }], { plan: { steps }, ask: next })).toMatchObject({ answer: 'hold' })
    expect(
      ask([own, disturbance(NOW, { target: WEB_3, instances: [WEB_3] })], { plan: { steps }, ask: next }),
    ).toMatchObject({
      answer: 'hold',
    })
  })
})
