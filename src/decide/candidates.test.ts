import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attempt, cause, chosen, finding, planOf, step, touching, type Change } from '../../test/decide-world.ts'
import { API, POLICY, SHOP, TOPOLOGY, WEB, WEB_1, WEB_2 } from '../../test/gate-world.ts'
import { violatedOn } from '../domain/finding.ts'
import { successOf } from '../domain/plan.ts'
import type { Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf, type TopologyNode } from '../domain/topology.ts'
import type { Remedy } from './remedy.ts'

const DB: ResourceRef = 'lab:shop/service/db'
const DB_1: ResourceRef = 'lab:shop/instance/db-1'
const POOL: ResourceRef = 'edge:shop/pool/web'
const OTHER_POOL: ResourceRef = 'edge:shop/pool/api'
const node = (ref: ResourceRef, more: Partial<TopologyNode> = {}): TopologyNode => ({
  ref,
  dependsOn: [],
  durable: true,
  sharedFate: [`host of ${ref}`],
  ...more,
})
/** The shop, whose web depends on a database, behind a balancer. */
const WIDE = topologyOf([
  ...[...TOPOLOGY.values()].map((one) => (one.ref === WEB ? { ...one, dependsOn: [DB] } : one)),
  node(DB, { partOf: SHOP }),
  node(DB_1, { partOf: DB, durable: false }),
  node(POOL, { dependsOn: [WEB], can: ['traffic'] }),
  node('lab:shop/service/front', { partOf: SHOP, dependsOn: [WEB] }),
  node(OTHER_POOL, { dependsOn: [API], can: ['traffic'] }),
])

const policy = (name: string, ladder: readonly string[], more: Partial<Policy> = {}): Policy => ({
  ...POLICY,
  name,
  ladder,
  ...more,
})
const findingsOf = (policies: readonly Policy[], target: ResourceRef = WEB_1): Change['findings'] =>
  policies.map(({ name }) => finding(target, { policy: name, fingerprint: `f ${name}` }))

/** What is decided when each of these policies has a finding on web-1. */
const among = (policies: readonly Policy[], remedies: readonly Remedy[]): Change => ({
  policies,
  remedies,
  findings: findingsOf(policies)!,
})

describe('several policies', () => {
  const remedies = [touching('light', 5), touching('middle', 30), touching('heavy', 60)]

  test('the lightest of what their ladders offer is chosen, with its own policy, and all others are named', () => {
    const own = { autonomy: 'approve' as const, cooldownMs: 5, verify: { ...POLICY.verify, healthyForMs: 7 } }
    const plan = planOf(among([policy('a', ['heavy', 'page']), policy('b', ['middle', 'page'], own)], remedies))
    expect(plan).toMatchObject({ remedy: 'middle', policy: 'b', cooldownMs: 5, verify: { healthyForMs: 7 } })
    expect(plan.rejected).toEqual([
      { remedy: 'heavy', reason: "heavier than middle (policy 'a')" },
      { remedy: 'page', reason: "heavier than middle (policy 'a')" },
      { remedy: 'page', reason: "heavier than middle (policy 'b')" },
    ])
  })

  test("a ladder's own order is law, whatever its remedies weigh", () => {
    const plan = planOf(among([policy('a', ['heavy', 'light']), policy('b', ['middle'])], remedies))
    expect(plan.remedy).toBe('middle')
    expect(plan.rejected).toContainEqual({ remedy: 'light', reason: "comes after heavy (policy 'a')" })
  })

  test('a policy that may only observe stands in nobody’s way, and is heard where it is alone', () => {
    const observing = policy('a', ['light'], { autonomy: 'observe' })
    const { remedy, rejected } = planOf(among([observing, policy('b', ['heavy'])], remedies))
    expect([remedy, rejected]).toEqual([
      'heavy',
      [{ remedy: 'light', reason: "its policy only observes (policy 'a')" }],
    ])
    expect(planOf(among([observing], remedies)).remedy).toBe('light')
  })

  test('a person is called when every ladder has come to one', () => {
    expect(chosen(among([policy('a', ['gone']), policy('b', ['page'])], remedies))).toEqual({
      kind: 'page',
      reason: `the ladders of 'a' and 'b' for ${WEB_1} have come to a person: gone: there is no such remedy (policy 'a')`,
    })
  })

  test('policies with findings on the durable owner and on parts count, those of siblings do not', () => {
    const policies = [policy('a', ['heavy']), policy('b', ['middle']), policy('c', ['light'])]
    const findings = [WEB_1, WEB, WEB_2].map((target, i) => finding(target, { policy: 'abc'[i]! }))
    expect(planOf({ policies, remedies, findings }).remedy).toBe('middle')
    expect(planOf({ policies, remedies, findings, hypotheses: [cause(WEB)] }).remedy).toBe('light')
  })

  test('a cause that is due is for what is due, and any other for what is not', () => {
    const policies = [policy('task', ['light']), policy('fault', ['heavy'])]
    const due = finding(WEB_1, { policy: 'task', lead: 'schedule' })
    const change = { policies, remedies, findings: [due, finding(WEB_1, { policy: 'fault' })] }
    expect(planOf(change).remedy).toBe('heavy')
    expect(planOf({ ...change, hypotheses: [cause(WEB_1, { cause: 'maintenance-due' })] }).remedy).toBe('light')
    expect(chosen({ ...change, findings: [due] })).toMatchObject({ kind: 'none' })
  })

  test('each has what its own policy sets for a remedy', () => {
    const telling: Remedy = {
      name: 'telling',
      weight: 1,
      propose: ({ settings }) => ({ applies: false, reason: JSON.stringify(settings) }),
    }
    const policies = [policy('a', ['telling'], { settings: { telling: { max: 10 } } }), policy('b', ['telling'])]
    const choice = chosen(among(policies, [telling]))
    expect(choice).toMatchObject({ reason: expect.stringContaining(`telling: {"max":10} (policy 'a'); telling: null`) })
  })

  test('as a law: one rung, never over a lower one of its ladder nor past a lighter one, and everything named', () => {
    const names = ['r1', 'r2', 'r3', 'r4', 'page']
    const weight = fc.integer({ min: 1, max: 99 })
    const remedy = fc.record({ weight, applies: fc.boolean() })
    const ladders = fc.array(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }), {
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(ladders, fc.array(remedy, { minLength: 4, maxLength: 4 }), (rungs, kinds) => {
        const policies = rungs.map((ladder, i) => policy(`p${i}`, ladder))
        const remedies = kinds.map(({ weight: w, applies }, i): Remedy => {
          const yes = touching(names[i]!, w)
          return applies ? yes : { ...yes, propose: () => ({ applies, reason: 'no' }) }
        })
        const weightOf = (name: string): number => remedies.find((one) => one.name === name)?.weight ?? 100
        const applies = (name: string): boolean => kinds[names.indexOf(name)]?.applies ?? true
        const firsts = rungs.flatMap((ladder) => ladder.find(applies) ?? [])
        const choice = chosen(among(policies, remedies))
        if (choice.kind !== 'plan') {
          expect(firsts.every((name) => name === 'page')).toBe(true)
          return
        }
        const { plan } = choice
        const ladder = rungs[Number(plan.policy.slice(1))]!
        expect(plan.remedy).toBe(ladder.find(applies))
        expect(weightOf(plan.remedy)).toBe(Math.min(...firsts.map(weightOf)))
        expect([plan.remedy, ...plan.rejected.map((one) => one.remedy)].toSorted()).toEqual(rungs.flat().toSorted())
        expect(plan.rejected.every(({ reason }) => reason !== '')).toBe(true)
      }),
    )
  })
})

describe('a policy whose finding is not on the cause', () => {
  const remedies = [touching('mend', 30)]
  const wide = { ...POLICY, target: 'lab:shop/**', ladder: ['mend'] }
  const change: Change = {
    topology: WIDE,
    remedies,
    policies: [wide],
    hypotheses: [cause(DB_1)],
    findings: [finding(WEB_1)],
  }

  test('counts where the cause explains its finding and its pattern covers the cause, and acts on the cause', () => {
    const plan = planOf(change)
    expect(plan).toMatchObject({ target: DB_1, owner: DB, within: [DB, SHOP] })
    expect(plan.verify.expectations.map(({ target }) => target)).toContain(WEB_1)
    expect(planOf({ ...change, policies: [{ ...wide, target: DB }], findings: [finding(WEB)] }).target).toBe(DB_1)
  })

  test('does not reach further than its pattern says, nor to what explains nothing', () => {
    const none = { kind: 'none', reason: `no policy covers ${DB_1}` }
    expect(chosen({ ...change, policies: [{ ...POLICY, ladder: ['mend'] }] })).toEqual(none)
    expect(chosen({ ...change, findings: [finding(API)] })).toEqual(none)
  })

  test('never acts on the symptom', () => {
    expect(chosen({ ...change, remedies: [touching('mend', 30, WEB_1)] })).toEqual({
      kind: 'page',
      reason: `nothing is left on the ladder of 'web-answers' for ${DB_1}: mend: it would act on ${WEB_1}, which is no part of what ${DB_1} belongs to`,
    })
  })

  test('stands back where a policy has a finding on the cause itself', () => {
    const own = policy('own', ['page'], { target: DB_1 })
    const findings = [finding(WEB_1), finding(DB_1, { policy: 'own' })]
    expect(chosen({ ...change, policies: [wide, own], findings })).toMatchObject({ kind: 'page' })
  })
})

describe('a symptom', () => {
  const lowered = cause(WEB_1, { confidence: 0.45, restsOn: [DB_1] })
  const change: Change = { topology: WIDE, hypotheses: [lowered] }
  const waits = { kind: 'none', reason: `waits for ${DB_1}, on which ${WEB_1} rests` }

  test('waits for a root that has an open incident', () => {
    expect(chosen({ ...change, elsewhere: violatedOn([finding(DB_1)]) })).toEqual(waits)
    expect(chosen(change).kind).toBe('plan')
    expect(chosen({ ...change, elsewhere: violatedOn([finding(DB_1, { state: 'blind' })]) }).kind).toBe('plan')
    expect(chosen({ ...change, elsewhere: violatedOn([finding(API)]) }).kind).toBe('plan')
  })

  test('waits for a root with a likelier cause of its own, also where nothing can be done about that', () => {
    expect(chosen({ ...change, hypotheses: [cause(DB_1), lowered] })).toEqual({
      kind: 'none',
      reason: `no policy covers ${DB_1}`,
    })
    expect(chosen({ ...change, hypotheses: [lowered, cause(DB_1, { confidence: 0.5 })] })).toEqual(waits)
    expect(chosen({ ...change, hypotheses: [lowered, cause(DB_1, { confidence: 0.4 })] }).kind).toBe('plan')
  })

  test('does not mend its root, where another incident is about that', () => {
    const wide = { ...POLICY, target: 'lab:shop/**' }
    const both = { ...change, policies: [wide], hypotheses: [cause(DB_1)] }
    expect(chosen({ ...both, elsewhere: violatedOn([finding(DB)]) })).toEqual({
      kind: 'none',
      reason: `waits for ${DB}, which has an incident of its own`,
    })
    expect(chosen(both).kind).toBe('plan')
  })
})

describe('a proposal', () => {
  test('may act on a pool that stands in front of the owner, and names owners and shared fate of all it touches', () => {
    const change = { topology: WIDE, remedies: [touching('restart-instance', 60, POOL)] }
    expect(planOf(change)).toMatchObject({
      target: POOL,
      owner: WEB,
      within: [WEB, SHOP],
      sharedFate: [`host of ${POOL}`],
    })
    const both = planOf({ topology: WIDE, remedies: [touching('restart-instance', 60, POOL, WEB_1)] })
    expect(both.within).toEqual([WEB, SHOP])
    const database = { topology: WIDE, hypotheses: [cause(DB_1)], findings: [finding(DB_1)] }
    const fates = planOf({ ...database, remedies: [touching('restart-instance', 60, DB_1, DB)] }).sharedFate
    expect(fates).toEqual([`host of ${DB_1}`, `host of ${DB}`])
    expect(chosen({ ...change, remedies: [touching('restart-instance', 60, OTHER_POOL)] }).kind).toBe('page')
  })

  test('has its success among what must be so in the end, and what it asked in the plan', () => {
    const asking: Remedy = {
      name: 'restart-instance',
      weight: 1,
      propose: ({ judge, value }) => {
        const asked = [judge('up == 0', WEB_1), value('qps', WEB), value('load', WEB)]
        const success = [{ target: WEB_1, condition: 'hits > 70 and up > 0' }]
        return { applies: asked.includes(12), target: WEB_1, steps: [step(WEB_1)], cannotUndo: [], success, reason: '' }
      },
    }
    const plan = planOf({
      remedies: [asking],
      judge: () => 'true',
      value: (expression) => (expression === 'qps' ? 12 : undefined),
    })
    expect(plan.prerequisites).toEqual([
      { target: WEB_1, asked: 'up == 0', answer: 'true' },
      { target: WEB, asked: 'qps', answer: 12 },
      { target: WEB, asked: 'load', answer: null },
    ])
    expect(plan.verify.expectations.at(-1)).toEqual({
      policy: successOf('restart-instance'),
      target: WEB_1,
      condition: 'not (hits > 70 and up > 0)',
    })
    expect(planOf()).not.toHaveProperty('prerequisites')
  })

  test('as a law: whatever remedies say, nothing outside the lineage of the cause is touched but a pool in front of it', () => {
    const refs = fc.constantFrom(...WIDE.keys())
    const remedy = fc.tuple(fc.integer({ min: 1, max: 99 }), fc.array(refs, { minLength: 1, maxLength: 3 }))
    const lineage: readonly ResourceRef[] = [
      POOL,
      WEB,
      ...[...WIDE.keys()].filter((ref) => WIDE.get(ref)?.partOf === WEB),
    ]
    fc.assert(
      fc.property(fc.array(remedy, { maxLength: 4 }), fc.boolean(), (all, tried) => {
        const remedies = all.map(([weight, targets], i) => touching(`r${i}`, weight, ...targets))
        const ladder = remedies.map(({ name }) => name)
        const attempts = tried ? [attempt('r0', all[0]?.[1][0] ?? WEB_1, 'spent')] : []
        const choice = chosen({ topology: WIDE, remedies, policies: [{ ...POLICY, ladder }], attempts })
        if (choice.kind !== 'plan') return
        const { target, steps, within } = choice.plan
        for (const ref of [target, ...steps.map((one) => one.target)]) {
          expect(lineage).toContain(ref)
          expect(within).not.toContain(ref)
          const owner = WIDE.get(ref)?.partOf
          expect(owner === undefined || within.includes(owner) || steps.some((one) => one.target === owner)).toBe(true)
        }
      }),
    )
  })
})

describe('what is foreseen', () => {
  const foreseen = { lead: 'forecast' as const, dueAt: 9 }
  const ahead = {
    hypotheses: [cause(WEB_1, { cause: 'limit-ahead', confidence: 0.3 })],
    remedies: [touching('light', 5)],
  }

  test('is acted upon by the ladder of the policy that foresees it, and by no other', () => {
    const fills = policy('fills', ['light'])
    const down = policy('down', ['heavy'])
    const findings = [
      finding(WEB_1, { policy: 'down', fingerprint: 'b' }),
      finding(WEB_1, { policy: 'fills', fingerprint: 'a', ...foreseen }),
    ]
    expect(planOf({ ...ahead, policies: [down, fills], findings })).toMatchObject({ policy: 'fills', remedy: 'light' })
    const broken = { ...ahead, hypotheses: [cause(WEB_1)], policies: [fills], findings: findings.slice(1) }
    expect(chosen(broken)).toMatchObject({ kind: 'none', reason: `no policy covers ${WEB_1}` })
  })

  test("what is only unusual is nobody's ladder", () => {
    const findings = [finding(WEB_1, { policy: 'fills', lead: 'unusual' })]
    for (const name of ['limit-ahead', 'maintenance-due', 'dead-instance']) {
      const asked = {
        ...ahead,
        hypotheses: [cause(WEB_1, { cause: name })],
        policies: [policy('fills', ['light'])],
        findings,
      }
      expect(chosen(asked)).toMatchObject({ kind: 'none' })
    }
  })

  test('a failing disk is for a person, whatever policies say', () => {
    const findings = [finding(WEB_1, { policy: 'fills', ...foreseen, summary: 'sda fails' })]
    const hypotheses = [cause(WEB_1, { cause: 'disk-failing', confidence: 0.3, summary: 'sda fails' })]
    expect(chosen({ ...ahead, hypotheses, policies: [policy('fills', ['light'])], findings })).toEqual({
      kind: 'page',
      reason: 'sda fails; what was learned is for a person',
    })
  })
})
