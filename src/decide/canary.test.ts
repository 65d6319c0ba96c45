import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cause, finding, planOf } from '../../test/decide-world.ts'
import { POLICY, restart, signal, WEB } from '../../test/gate-world.ts'
import type { Plan, PlanStep } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf, type Topology } from '../domain/topology.ts'
import { inWaves, LEAST_SICK } from './canary.ts'

const parts = (count: number): ResourceRef[] =>
  Array.from({ length: count }, (_, i): ResourceRef => `lab:shop/instance/web-${i + 1}`)
const TIMES = { healthyForMs: 1000, withinMs: 5000 }
const waved = (sick: readonly ResourceRef[], well: readonly ResourceRef[] = []): Pick<Plan, 'steps' | 'canary'> => {
  const own = [
    ...sick.map((target) => signal('violated', { target })),
    ...well.map((target) => signal('well', { target })),
  ]
  return inWaves([...well, ...sick].map(restart), { at: 0, own, guards: [] }, TIMES)
}
const sizes = ({ canary }: Pick<Plan, 'canary'>): number[] | undefined =>
  canary?.waves.map(({ treats }) => treats.length)

describe('waves', () => {
  test.each([
    [4, [1, 1, 2]],
    [8, [1, 2, 5]],
    [50, [1, 12, 37]],
  ])('%i sick are treated as %j', (count, expected) => {
    expect(sizes(waved(parts(count)))).toEqual(expected)
  })

  test('fewer than four sick are treated as they come: there would be nothing to compare with', () => {
    expect(waved(parts(3), parts(8).slice(3)).canary).toBeUndefined()
  })

  test('every step is in one wave, the sick come first, and each wave is compared with all that is still sick', () => {
    fc.assert(
      fc.property(fc.integer({ min: LEAST_SICK, max: 70 }), fc.integer({ min: 0, max: 9 }), (sick, well) => {
        const all = parts(sick + well)
        const { steps, canary } = waved(all.slice(0, sick), all.slice(sick))
        const waves = canary?.waves ?? []
        expect(waves.flatMap(({ steps: names }) => names)).toEqual(steps.map(({ name }) => name))
        expect(new Set(waves.flatMap(({ treats }) => treats))).toEqual(new Set(all.slice(0, sick)))
        expect(waves[0]?.treats).toHaveLength(1)
        expect(waves.at(-1)?.controls).toEqual([])
        for (const [n, { controls }] of waves.entries()) {
          expect(controls).toEqual(waves.slice(n + 1).flatMap(({ treats }) => treats))
          if (n < waves.length - 1) expect(controls.length).toBeGreaterThan(0)
        }
      }),
    )
  })

  test('what does one thing here and another there is one treatment, and has no waves', () => {
    const [first, ...rest] = parts(6).map(restart) as [PlanStep, ...PlanStep[]]
    const own = parts(6).map((target) => signal('violated', { target }))
    const other = { ...first, params: { target: first.target, weight: 0 } }
    expect(inWaves([other, ...rest], { at: 0, own, guards: [] }, TIMES).canary).toBeUndefined()
  })
})

describe('one plan for the parts that have the same cause', () => {
  const world = (count: number): Topology =>
    topologyOf([
      { ref: WEB, dependsOn: [], durable: true, sharedFate: [] },
      ...parts(count).map((ref) => ({ ref, partOf: WEB, dependsOn: [], durable: false, sharedFate: [] })),
    ])
  const decided = (count: number, more: Parameters<typeof planOf>[0] = {}): Plan =>
    planOf({
      topology: world(count),
      findings: parts(count).map((ref) => finding(ref)),
      hypotheses: parts(count).map((ref) => cause(ref)),
      measure: () => ({ at: 7, own: parts(count).map((target) => signal('violated', { target })), guards: [] }),
      ...more,
    })

  test('eight dead instances are one plan on their service, in waves', () => {
    const plan = decided(8)
    expect(plan).toMatchObject({ remedy: 'restart-instance', target: WEB, owner: WEB })
    expect(plan.steps.map(({ target }) => target)).toEqual(parts(8))
    expect(sizes(plan)).toEqual([1, 2, 5])
    expect(plan.within).not.toContain(WEB)
  })

  test('three are treated one by one, each with a plan of its own', () => {
    expect(decided(3)).toMatchObject({ target: parts(1)[0], steps: [{ target: parts(1)[0] }] })
  })

  test('only those of the same cause are taken together', () => {
    const mixed = parts(8).map((ref, i) => cause(ref, { cause: i < 6 ? 'dead-instance' : 'deaf-instance' }))
    expect(decided(8, { hypotheses: mixed }).steps.map(({ target }) => target)).toEqual(parts(6))
  })

  test('what was tried in vain on the whole is tried on no part again', () => {
    const attempts = [{ run: 'run-1', plan: 'plan-1', remedy: 'restart-instance', target: WEB, parts: parts(8) }]
    const plan = decided(8, { attempts: [{ ...attempts[0]!, outcome: 'spent' }] })
    expect(plan.remedy).toBe('restart-service')
    expect(sizes(plan)).toEqual([1, 2, 5])
    expect(plan.rejected).toContainEqual({ remedy: 'restart-instance', reason: 'tried in run-1: spent' })
    expect(plan.policy).toBe(POLICY.name)
  })
})
