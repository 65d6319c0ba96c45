import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { API, restart, SHOP, TOPOLOGY, WEB, WEB_1, WEB_2, WEB_3 } from '../../test/gate-world.ts'
import type { Risk } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf } from '../domain/topology.ts'
import { riskOf } from './risk.ts'

const seeing =
  (...down: readonly ResourceRef[]) =>
  (_condition: string, ref: ResourceRef) =>
    down.includes(ref) ? ('false' as const) : ('true' as const)
const of = (target: ResourceRef, judge: ReturnType<typeof seeing> | (() => 'blind'), topology = TOPOLOGY): Risk =>
  riskOf({ owner: WEB, steps: [restart(target)] }, { topology, judge })

describe('the blast radius', () => {
  test('of what is dead already is nothing, however lasting the step', () => {
    expect(of(WEB_1, seeing(WEB_1))).toEqual({ risk: 1, blast: 0 })
  })

  test('is the share of what serves, and all of it for the only one', () => {
    expect(of(WEB_1, seeing()).blast).toBeCloseTo(1 / 3)
    expect(of(WEB_1, seeing(WEB_2)).blast).toBeCloseTo(1 / 2)
    expect(of(WEB_1, seeing(WEB_2, WEB_3)).blast).toBe(1)
  })

  test('takes what nobody sees to serve', () => {
    expect(of(WEB_1, () => 'blind' as const).blast).toBeCloseTo(1 / 3)
  })

  test('is wider where others depend on the owner', () => {
    const nodes = [...TOPOLOGY.values()].map((node) => (node.ref === API ? { ...node, dependsOn: [WEB] } : node))
    // Of two others, the namespace and the service, one depends on it.
    expect(nodes.filter(({ ref }) => ref === API || ref === SHOP)).toHaveLength(2)
    expect(of(WEB_1, seeing(), topologyOf(nodes)).blast).toBeCloseTo(1 - (2 / 3) * (1 - 1 / 6))
  })

  test('counts a step by its worst moment, and a service by all of its instances', () => {
    const each = { owner: WEB, steps: [restart(WEB_1), restart(WEB_2), restart(WEB_3)] }
    const whole = { owner: WEB, steps: [{ ...restart(WEB), reversibility: 'reversible' as const }] }
    const world = { topology: TOPOLOGY, judge: seeing() }
    expect(riskOf(each, world).blast).toBeCloseTo(1 / 3)
    expect(riskOf(whole, world)).toEqual({ risk: 0.25, blast: 1 })
    expect(riskOf({ owner: WEB, steps: [{ ...restart(WEB), disrupts: [] }] }, world)).toEqual({ risk: 1, blast: 0 })
  })

  test('stays between nothing and all, and never grows with what serves beside', () => {
    const refs = [WEB_1, WEB_2, WEB_3]
    fc.assert(
      fc.property(fc.subarray(refs), fc.constantFrom(...refs), (down, target) => {
        const { blast } = of(target, seeing(...down))
        expect(blast).toBeGreaterThanOrEqual(0)
        expect(blast).toBeLessThanOrEqual(1)
        for (const ref of down.filter((one) => one !== target)) {
          const more = of(target, seeing(...down.filter((one) => one !== ref)))
          expect(more.blast).toBeLessThanOrEqual(blast)
        }
      }),
    )
  })
})
