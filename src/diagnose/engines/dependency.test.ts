import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { caseOf, finding, node } from '../../../test/diagnosis-world.ts'
import { API, WEB, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import type { Hypothesis } from '../../domain/diagnosis.ts'
import { violatedOn, type Finding } from '../../domain/finding.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { topologyOf, type Topology } from '../../domain/topology.ts'
import { diagnose, type Case, type DiagnosisEngine } from '../diagnose.ts'
import { dependency } from './dependency.ts'

const API_1: ResourceRef = 'lab:shop/instance/api-1'
const DB: ResourceRef = 'lab:shop/service/db'

/** web rests on api, api on what is given, db on nothing. */
const shop = (apiNeeds: ResourceRef[] = [DB], dbNeeds: ResourceRef[] = []): Topology =>
  topologyOf([
    node(WEB, { dependsOn: [API] }),
    node(WEB_1, { partOf: WEB }),
    node(WEB_2, { partOf: WEB }),
    node(API, { dependsOn: apiNeeds }),
    node(API_1, { partOf: API }),
    node(DB, { dependsOn: dbNeeds }),
  ])
const sick = (here: readonly ResourceRef[], elsewhere: readonly ResourceRef[] = [], topology = shop()): Case => ({
  ...caseOf(
    [],
    here.map((ref) => finding(ref)),
    topology,
  ),
  elsewhere: violatedOn(elsewhere.map((ref) => finding(ref))),
})
const causes = (x: Case): [ResourceRef, number][] =>
  diagnose([dependency], x).hypotheses.map(({ target, confidence }) => [target, confidence])

describe('the dependency walk', () => {
  test.each<[string, Case, [ResourceRef, number][]]>([
    ['a target alone explains nothing', sick([WEB_1]), []],
    ['two instances of a service do not explain each other', sick([WEB_1, WEB_2]), []],
    ['a part explains its service', sick([WEB, WEB_1]), [[WEB_1, 0.85]]],
    ['what the service of an instance depends on explains the instance', sick([WEB_1], [API]), [[API, 0.85]]],
    ['an instance of a dependency explains it', sick([WEB_1], [API_1]), [[API_1, 0.85]]],
    ['the deepest of a chain is the cause', sick([WEB_1], [API, API_1, DB]), [[DB, 0.85]]],
    ['one in between that nobody complains of does not stop the walk', sick([WEB_1], [DB]), [[DB, 0.85]]],
    ['what rests on the sick one does not explain it', sick([API], [WEB, WEB_1]), []],
    ['in a circle none explains another', sick([API], [DB], shop([DB], [API])), []],
    [
      'a circle explains what rests on it',
      sick([WEB_1], [API, DB], shop([DB], [API])),
      [
        [API, 0.85],
        [DB, 0.85],
      ],
    ],
    ['a target that rests on itself is not its own cause', sick([API], [], shop([API])), []],
    ['a target that nobody knows is left alone', sick(['lab:shop/service/gone'], [DB]), []],
  ])('%s', (_what, x, expected) => {
    expect(causes(x)).toEqual(expected)
  })

  test('in any world, every cause is unhealthy, is no symptom itself, and comes out the same whatever the order', () => {
    const refOf = (i: number): ResourceRef => `lab:shop/service/s${i}`
    const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 12 })
    fc.assert(
      fc.property(edges, fc.uniqueArray(fc.nat(7), { minLength: 1 }), (pairs, ill) => {
        const nodes = Array.from({ length: 8 }, (_, i) =>
          node(refOf(i), { dependsOn: pairs.filter(([from]) => from === i).map(([, to]) => refOf(to)) }),
        )
        const told = (topology: Topology, refs: ResourceRef[]): unknown[] =>
          dependency
            .suggest(sick(refs, [], topology))
            .map(({ target, confidence, affected = [] }) => {
              expect(refs).toContain(target)
              expect(affected).not.toContain(target)
              return JSON.stringify([target, confidence, affected.toSorted()])
            })
            .toSorted()
        const refs = ill.map(refOf)
        expect(told(topologyOf(nodes.toReversed()), refs.toReversed())).toEqual(told(topologyOf(nodes), refs))
        const causes = dependency.suggest(sick(refs, [], topologyOf(nodes)))
        const symptoms = new Set(causes.flatMap(({ affected = [] }) => affected))
        expect(causes.filter(({ target }) => symptoms.has(target))).toEqual([])
      }),
    )
  })

  test('is less sure of a cause that explains only some of what is unhealthy', () => {
    const topology = topologyOf([
      node(WEB),
      node(WEB_1, { partOf: WEB, dependsOn: [API] }),
      node(WEB_2, { partOf: WEB, dependsOn: [DB] }),
      node(API),
      node(DB),
    ])
    expect(causes(sick([WEB_1, WEB_2], [API, DB], topology))).toEqual([
      [API, 0.425],
      [DB, 0.425],
    ])
  })

  test('what nobody sees explains nothing', () => {
    expect(causes({ ...sick([WEB_1]), elsewhere: violatedOn([finding(API, 'blind')]) })).toEqual([])
    expect(causes({ ...sick([], [API]), incident: caseOf([], [finding(WEB_1, 'blind')]).incident })).toEqual([])
  })

  test('says whom the cause explains, what was seen of it, and what to do', () => {
    const seen: Finding = {
      ...finding(API),
      evidence: [
        { signal: 'up', value: 0, limit: 1, at: 7 },
        { signal: 'qps', value: null, at: 7 },
      ],
    }
    expect(dependency.suggest({ ...sick([WEB_1]), elsewhere: violatedOn([seen]) })).toEqual([
      {
        cause: 'failing-dependency',
        target: API,
        confidence: 0.85,
        summary: `${API} is unhealthy, and ${WEB_1} rests on it`,
        for: [{ signal: `up of ${API}`, value: 0, limit: 1, at: 7 }],
        against: [],
        recommendation: `mend ${API} first`,
        affected: [WEB_1],
      },
    ])
  })
})

describe('what a deeper one explains', () => {
  const saying = (target: ResourceRef, confidence: number): DiagnosisEngine => {
    const base = { cause: 'deaf-instance', target, confidence, summary: '', for: [], against: [] }
    return { name: 'x', suggest: (): Hypothesis[] => [base] }
  }
  const ranked = (engine: DiagnosisEngine, x: Case): [string, number, number][] =>
    diagnose([engine, dependency], x).hypotheses.map(({ cause, confidence, against }) => [
      cause,
      confidence,
      against.length,
    ])

  test('is lowered, with the deeper one as evidence against it', () => {
    expect(ranked(saying(WEB_1, 0.9), sick([WEB_1], [API]))).toEqual([
      ['failing-dependency', 0.85, 0],
      ['deaf-instance', 0.45, 1],
    ])
    const { hypotheses } = diagnose([saying(WEB_1, 0.9), dependency], sick([WEB_1], [API]))
    expect(hypotheses.map(({ restsOn }) => restsOn)).toEqual([undefined, [API]])
  })

  test('stays as it is where nothing deeper is unhealthy', () => {
    expect(ranked(saying(WEB_1, 0.9), sick([WEB_1], [WEB]))).toEqual([['deaf-instance', 0.9, 0]])
  })

  test('stays first when it was seen and not inferred: a process that is gone has to be started', () => {
    expect(ranked(saying(WEB_1, 0.95), sick([WEB_1], [API]))).toEqual([
      ['deaf-instance', 0.95, 0],
      ['failing-dependency', 0.85, 0],
    ])
  })
})
