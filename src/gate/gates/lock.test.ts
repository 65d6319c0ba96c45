import fc from 'fast-check'
import { expect, test } from 'vitest'
import { input, PLAN } from '../../../test/gate-world.ts'
import type { Lock } from '../../domain/ledger.ts'
import type { Plan } from '../../domain/plan.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { ancestors, related, topologyOf, type Topology } from '../../domain/topology.ts'
import { lock } from './lock.ts'

/** The locks that the start of a run takes (`saga/start.ts`). */
const locksOf = ({ target, sharedFate, within }: Plan, run: string): Lock[] => [
  ...[target, ...sharedFate].map((resource) => ({ resource, run, mode: 'own' as const })),
  ...within.map((resource) => ({ resource, run, mode: 'within' as const })),
]

const refOf = (i: number): ResourceRef => `lab:shop/thing/t${i}`

/** A forest: each thing is part of an earlier one, or of nothing. */
const forests: fc.Arbitrary<Topology> = fc.array(fc.option(fc.nat()), { minLength: 2, maxLength: 12 }).map((parents) =>
  topologyOf(
    parents.map((parent, i) => ({
      ref: refOf(i),
      ...(parent !== null && i > 0 && { partOf: refOf(parent % i) }),
      dependsOn: [],
      durable: true,
      sharedFate: [],
    })),
  ),
)

const planOn = (topology: Topology, target: ResourceRef, sharedFate: readonly string[]): Plan => ({
  ...PLAN,
  target,
  sharedFate,
  within: ancestors(topology, target),
})

const asks = (plan: Plan, locks: readonly Lock[], run?: string): string =>
  lock.ask(input({ plan, ledger: { locks }, ask: run === undefined ? {} : { run } })).answer

test('two runs exclude each other exactly when their targets are related or share a fate', () => {
  const fates = fc.subarray(['host-1', 'host-2'])
  fc.assert(
    fc.property(forests, fc.nat(), fc.nat(), fates, fates, (topology, i, j, fateA, fateB) => {
      const refs = [...topology.keys()]
      const [a, b] = [refs[i % refs.length]!, refs[j % refs.length]!]
      const [planA, planB] = [planOn(topology, a, fateA), planOn(topology, b, fateB)]
      const excluded = related(topology, a, b) || fateA.some((fate) => fateB.includes(fate))
      expect(asks(planB, locksOf(planA, 'run-a'))).toBe(excluded ? 'hold' : 'allow')
      expect(asks(planA, locksOf(planB, 'run-b'))).toBe(excluded ? 'hold' : 'allow')
    }),
  )
})

test("a run's own locks do not stand in its way", () => {
  expect(asks(PLAN, locksOf(PLAN, 'run-a'), 'run-a')).toBe('allow')
  expect(asks(PLAN, locksOf(PLAN, 'run-a'), 'run-b')).toBe('hold')
  expect(asks(PLAN, locksOf(PLAN, 'run-a'))).toBe('hold')
})

test('says who holds what', () => {
  const answer = lock.ask(input({ ledger: { locks: locksOf(PLAN, 'run-a') } }))
  expect(answer.reason).toBe(`run-a holds ${PLAN.target}`)
  expect(answer.unlocks).toContain('kintsugi release run-a')
})
