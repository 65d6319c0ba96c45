import { describe, expect, test } from 'vitest'
import { API, TOPOLOGY, WEB, WEB_1, WEB_2 } from '../../test/gate-world.ts'
import type { Hypothesis } from '../domain/diagnosis.ts'
import type { Finding } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Series, Windows } from '../domain/signal.ts'
import { topologyOf, type TopologyNode } from '../domain/topology.ts'
import { diagnose, sameDiagnosis, type Case } from './diagnose.ts'
import { instance } from './engines/instance.ts'

const NOW = 100_000
const INTERVAL_MS = 1000

type Seen = { readonly target: ResourceRef; readonly metric: string; readonly value: number; readonly agoMs?: number }

/** Windows in which every series has one sample. */
const windowsOf = (all: readonly Seen[]): Windows => ({
  select: (target, metric) =>
    all
      .filter((one) => one.target === target && one.metric === metric)
      .map(({ value, agoMs = 0 }): Series => ({
        metric,
        target,
        labels: {},
        intervalMs: INTERVAL_MS,
        length: 1,
        timeAt: () => NOW - agoMs,
        valueAt: () => value,
      })),
})
const finding = (target: ResourceRef, state: Finding['state'] = 'violated'): Finding => ({
  fingerprint: `f ${target}`,
  policy: 'up',
  target,
  state,
  since: 0,
  severity: 'high',
  summary: '',
  evidence: [],
})
const caseOf = (seen: readonly Seen[], findings = [finding(WEB_1)], topology = TOPOLOGY): Case => ({
  incident: {
    id: 'inc-1',
    owner: WEB,
    findings,
    attempts: [],
    waitingFor: [],
    openedAt: 0,
    status: 'open',
    severity: 'high',
  } satisfies Incident,
  topology,
  windows: windowsOf(seen),
  now: NOW,
})
const up = (value: number, agoMs = 0): Seen => ({ target: WEB_1, metric: 'up', value, agoMs })
const running = (value: number, agoMs = 0): Seen => ({ target: WEB_1, metric: 'running', value, agoMs })

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
  const hypothesis = (target: ResourceRef, confidence: number): Hypothesis => ({
    cause: 'dead-instance',
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
    const engines = [saying(hypothesis(WEB_2, 0.5), hypothesis(WEB_1, 0.9)), saying(hypothesis(WEB_1, 0.5))]
    const ranked = diagnose(engines, caseOf([])).hypotheses
    expect(ranked.map(({ target, confidence }) => [target, confidence])).toEqual([
      [WEB_1, 0.9],
      [WEB_1, 0.5],
      [WEB_2, 0.5],
    ])
    expect(diagnose(engines.toReversed(), caseOf([])).hypotheses).toEqual(ranked)
  })

  test('names who depends on the service or on any of its parts, once', () => {
    const node = (ref: ResourceRef, more: Partial<TopologyNode> = {}): TopologyNode => ({
      ref,
      dependsOn: [],
      durable: true,
      sharedFate: [],
      ...more,
    })
    const topology = topologyOf([node(WEB), node(WEB_1, { partOf: WEB }), node(API, { dependsOn: [WEB, WEB_1] })])
    expect(diagnose([], caseOf([], [finding(WEB_1)], topology)).blastRadius).toEqual([API])
  })

  test('is the same as long as it names the same causes in the same order', () => {
    const of = (...hypotheses: Hypothesis[]): ReturnType<typeof diagnose> => ({ hypotheses, blastRadius: [] })
    const [a, b] = [hypothesis(WEB_1, 0.9), hypothesis(WEB_2, 0.5)]
    expect(sameDiagnosis(of(a, b), of({ ...a, confidence: 0.8 }, b))).toBe(true)
    expect(sameDiagnosis(of(a, b), of(b, a))).toBe(false)
    expect(sameDiagnosis(undefined, of())).toBe(false)
  })
})
