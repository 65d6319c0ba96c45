import { describe, expect, test } from 'vitest'
import { caseOf, finding, INTERVAL_MS, node, NOW, type Seen } from '../../test/diagnosis-world.ts'
import { API, WEB, WEB_1, WEB_2 } from '../../test/gate-world.ts'
import type { Hypothesis } from '../domain/diagnosis.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf } from '../domain/topology.ts'
import { diagnose, sameDiagnosis } from './diagnose.ts'
import { instance } from './engines/instance.ts'

const up = (value: number, agoMs = 0): Seen => ({ target: WEB_1, metric: 'up', values: [value], agoMs })
const running = (value: number, agoMs = 0): Seen => ({ target: WEB_1, metric: 'running', values: [value], agoMs })

describe('the dead or deaf instance', () => {
  test.each<[string, readonly Seen[], string | undefined]>([
    ['no answer, no process', [up(0), running(0)], 'dead-instance'],
    ['no answer, and a process', [up(0), running(1)], 'deaf-instance'],
    ['no answer, and nobody sees the process', [up(0)], 'silent-instance'],
    ['no answer, and the sight of the process is stale', [up(0), running(1, 3 * INTERVAL_MS + 1)], 'silent-instance'],
    ['one probe answers, one does not', [up(1), up(0), running(1)], 'deaf-instance'],
    ['an answer', [up(1), running(1)], undefined],
    ['no probe', [running(0)], undefined],
    ['a stale probe', [up(0, 3 * INTERVAL_MS + 1), running(0)], undefined],
  ])('%s', (_what, seen, cause) => {
    expect(instance.suggest(caseOf(seen)).map((one) => one.cause)).toEqual(cause ? [cause] : [])
  })

  test('is silent about what nobody sees', () => {
    expect(instance.suggest(caseOf([up(0), running(0)], [finding(WEB_1, 'blind')]))).toEqual([])
  })

  test('keeps what it read by value', () => {
    expect(instance.suggest(caseOf([up(0, 500), running(0)]))[0]?.for).toEqual([
      { signal: 'up', value: 0, at: NOW - 500 },
      { signal: 'running', value: 0, at: NOW },
    ])
  })
})

describe('the diagnosis', () => {
  const hypothesis = (target: ResourceRef, confidence: number, cause = 'dead-instance'): Hypothesis => ({
    cause,
    target,
    confidence,
    summary: '',
    for: [],
    against: [],
  })
  const saying = (...all: Hypothesis[]): { name: string; suggest: () => Hypothesis[] } => ({
    name: 'x',
    suggest: () => all,
  })

  test('ranks what all engines say, the same in whatever order they are asked', () => {
    const engines = [saying(hypothesis(WEB_2, 0.5), hypothesis(WEB_1, 0.9)), saying(hypothesis(WEB_1, 0.5, 'other'))]
    const ranked = diagnose(engines, caseOf([])).hypotheses
    expect(ranked.map(({ target, confidence }) => [target, confidence])).toEqual([
      [WEB_1, 0.9],
      [WEB_1, 0.5],
      [WEB_2, 0.5],
    ])
    expect(diagnose(engines.toReversed(), caseOf([])).hypotheses).toEqual(ranked)
  })

  test('names a cause on a target once, as sure as the surest engine', () => {
    const engines = [saying(hypothesis(WEB_1, 0.5)), saying(hypothesis(WEB_1, 0.9), hypothesis(WEB_1, 0.9))]
    expect(diagnose(engines, caseOf([])).hypotheses).toEqual([hypothesis(WEB_1, 0.9)])
  })

  test('ranks by what engines say of what others suggest', () => {
    const halving = {
      name: 'halving',
      suggest: () => [],
      weigh: (said: readonly Hypothesis[]) =>
        said.map((one) => (one.target === WEB_1 ? { ...one, confidence: one.confidence / 2 } : one)),
    }
    const engines = [halving, saying(hypothesis(WEB_1, 0.9), hypothesis(WEB_2, 0.5))]
    expect(diagnose(engines, caseOf([])).hypotheses).toEqual([hypothesis(WEB_2, 0.5), hypothesis(WEB_1, 0.45)])
  })

  test('names who depends on the service or on any of its parts, once', () => {
    const topology = topologyOf([node(WEB), node(WEB_1, { partOf: WEB }), node(API, { dependsOn: [WEB, WEB_1] })])
    expect(diagnose([], caseOf([], [finding(WEB_1)], topology)).blastRadius).toEqual([API])
  })

  test('says how far away they are, by the shortest way, nearest first', () => {
    const NEAR: ResourceRef = 'lab:shop/service/near'
    const FAR: ResourceRef = 'lab:shop/service/far'
    const topology = topologyOf([
      node(WEB, { dependsOn: [FAR] }),
      node(FAR, { dependsOn: [API] }),
      node(API, { dependsOn: [WEB, NEAR] }),
      node(NEAR, { dependsOn: [WEB_1] }),
      node(WEB_1, { partOf: WEB }),
    ])
    const { blastRadius, distances } = diagnose([], caseOf([], [], topology))
    expect(blastRadius.map((ref) => [ref, distances?.[ref]])).toEqual([
      [API, 1],
      [NEAR, 1],
      [FAR, 2],
    ])
  })

  test('is the same as long as it names the same causes in the same order', () => {
    const of = (...hypotheses: Hypothesis[]): ReturnType<typeof diagnose> => ({ hypotheses, blastRadius: [] })
    const [a, b] = [hypothesis(WEB_1, 0.9), hypothesis(WEB_2, 0.5)]
    expect(sameDiagnosis(of(a, b), of({ ...a, confidence: 0.8 }, b))).toBe(true)
    expect(sameDiagnosis(of(a, b), of(b, a))).toBe(false)
    expect(sameDiagnosis(undefined, of())).toBe(false)
  })
})
