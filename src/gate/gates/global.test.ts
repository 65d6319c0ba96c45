import { describe, expect, test } from 'vitest'
import { API, at, disturbance, input, restart, WEB_1, WEB_2, WEB_3 } from '../../../test/gate-world.ts'
import type { Disturbance } from '../../domain/ledger.ts'
import { global } from './global.ts'

const NOW = 10_000_000
const limits = { perTarget: [], minHealthy: 0, global: { atOnce: 2, effectsPerHour: 4 } }
const ask = (disturbances: readonly Disturbance[], more: Parameters<typeof input>[0] = {}) =>
  global.ask(input({ ...more, ledger: { disturbances }, world: { limits, ...more.world } }))
const elsewhere = (name: number) =>
  disturbance(NOW, { target: `lab:shop/service/s-${name}`, owner: API, instances: [] })

describe('targets at once', () => {
  test('are counted over all services, each once', () => {
    expect(ask([elsewhere(1)])).toMatchObject({ answer: 'allow' })
    expect(ask([elsewhere(1), elsewhere(1)])).toMatchObject({ answer: 'allow' })
    expect(ask([elsewhere(1), elsewhere(2)])).toMatchObject({ answer: 'hold', value: 3, limit: 2 })
  })

  test('are those that go on', () => {
    expect(ask([elsewhere(1), { ...elsewhere(2), endedAt: at(NOW) }])).toMatchObject({ answer: 'allow' })
  })

  test('of a plan alone, where they are too many, only a person can open', () => {
    const steps = [WEB_1, WEB_2, WEB_3].map((ref) => ({ ...restart(ref), reversibility: 'reversible' as const }))
    expect(ask([], { plan: { steps } })).toMatchObject({ answer: 'hold', value: 3, person: true })
  })
})

describe('effects within an hour', () => {
  const old = (agoMs: number) => disturbance(NOW - agoMs, { endedAt: at(NOW - agoMs) })

  test('are held beyond their number, until the oldest is an hour old', () => {
    expect(ask([1, 2, 3].map(old))).toMatchObject({ answer: 'allow' })
    expect(ask([1, 2, 3, 3_599_999].map(old))).toMatchObject({ answer: 'hold', value: 5, limit: 4 })
    expect(ask([1, 2, 3, 3_600_000].map(old))).toMatchObject({ answer: 'allow' })
  })

  test('are counted for a whole plan before it begins, and not again for a step that was charged', () => {
    const steps = [WEB_1, WEB_2, WEB_3].map(restart)
    expect(ask([1, 2].map(old), { plan: { steps } })).toMatchObject({ answer: 'hold', value: 5 })
    const step = restart(WEB_1)
    const own = disturbance(NOW, { id: `run-1/${step.name}`, by: 'run-1', target: WEB_1 })
    const again = { purpose: 'repeat', step, run: 'run-1' } as const
    expect(ask([own, ...[1, 2, 3].map(old)], { plan: { steps }, ask: again })).toMatchObject({ answer: 'allow' })
  })

  test('do not shorten when the clock is set forward', () => {
    const jumped = { ...at(NOW), wallMs: at(NOW).wallMs + 7_200_000 }
    expect(ask([1, 2, 3, 4].map(old), { ask: { now: jumped } })).toMatchObject({ answer: 'hold' })
  })
})
