import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { API, TOPOLOGY, WEB, WEB_1 } from '../../test/gate-world.ts'
import type { Measure, SignalState } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { seenUp } from '../domain/signal.ts'
import { topologyOf } from '../domain/topology.ts'
import { createWindows } from '../signals/windows.ts'
import { looksOf, measureNow, type Sight } from './measure.ts'

const NOW = 1_000_000
const INTERVAL_MS = 1000

type Seen = { readonly target: ResourceRef; readonly metric: string; readonly value: number; readonly agoMs?: number }

/** What is seen once the samples, oldest first, were taken in. */
function sightOf(...seen: readonly Seen[]): Sight {
  const windows = createWindows()
  for (const [i, { agoMs = 0, ...sample }] of seen.entries()) {
    const labels = { probe: `${sample.metric}-${i}` }
    windows.add({ source: 'test', intervalMs: INTERVAL_MS, samples: [{ ...sample, labels, at: NOW - agoMs }] })
  }
  return { windows, topology: TOPOLOGY, now: NOW }
}

const watched = {
  owner: WEB,
  expectations: [{ policy: 'up', target: WEB_1, condition: 'up == 0 for 5m' }],
  guards: [
    { name: 'errors', target: WEB, expr: 'error_ratio', max: 0.02 },
    { name: 'neighbour', target: API, expr: 'error_ratio', max: 0.02 },
  ],
}
const up = (value: number, agoMs = 0): Seen => ({ target: WEB_1, metric: 'up', value, agoMs })
const errors = (target: ResourceRef, value: number): Seen => ({ target, metric: 'error_ratio', value })
const states = ({ own, guards }: Measure): SignalState['state'][] => [...own, ...guards].map(({ state }) => state)

describe('what the signals of a plan say', () => {
  test('an expectation is judged without its `for`: one bad sample is enough', () => {
    const seen = sightOf(up(0, 200), errors(WEB, 0.5), errors(API, 0.01))
    const measure = measureNow(watched, seen)
    expect(states(measure)).toEqual(['violated', 'violated', 'well'])
    expect(measure.own[0]).toMatchObject({ value: 0, at: NOW - 200 })
    expect(measure.guards[0]).toMatchObject({ value: 0.5, limit: 0.02 })
  })

  test('what is seen to be down is not well, whatever it does not say of itself; what nobody sees is blind', () => {
    const expectations = [{ policy: 'slow', target: WEB_1, condition: 'latency_ms > 100' }]
    const state = (...seen: Seen[]): string | undefined =>
      measureNow({ owner: WEB, expectations, guards: [] }, sightOf(...seen)).own[0]?.state
    expect(state(up(0))).toBe('violated')
    expect(state(up(1))).toBe('blind')
    expect(state()).toBe('blind')
    expect(state(up(0, 60_000))).toBe('blind')
  })

  test('what an alias looks back at was before the sample: the signal is as old as that', () => {
    const aliases = new Map([['mean', 'avg(up[5s])']])
    const own = { policy: 'up', target: WEB_1, condition: 'mean == 0 for 5m' }
    const guards = [{ name: 'mean', target: WEB_1, expr: 'mean', max: 2 }]
    const windows = createWindows()
    for (const agoMs of [4000, 3000, 2000, 1000, 0]) {
      const samples = [{ target: WEB_1, metric: 'up', labels: {}, value: 1, at: NOW - agoMs }]
      windows.add({ source: 'test', intervalMs: INTERVAL_MS, samples })
    }
    const measure = measureNow(
      { owner: WEB, expectations: [own], guards },
      { windows, topology: TOPOLOGY, now: NOW, aliases },
    )
    expect([...measure.own, ...measure.guards].map(({ state, at }) => [state, at])).toEqual([
      ['well', NOW - 5000],
      ['well', NOW - 5000],
    ])
  })

  test('a forecast is as new as what it begins at: hours of its past from before an effect say nothing against it', () => {
    const own = { policy: 'fills', target: WEB_1, condition: 'used[10s] rises to 95 within 1m for 5s' }
    const used = (valueAt: (agoS: number) => number): Measure => {
      const windows = createWindows()
      for (let agoS = 10; agoS >= 0; agoS--) {
        const sample = { target: WEB_1, metric: 'used', labels: {}, value: valueAt(agoS), at: NOW - agoS * 1000 }
        windows.add({ source: 'test', intervalMs: INTERVAL_MS, samples: [sample] })
      }
      return measureNow({ owner: WEB, expectations: [own], guards: [] }, { windows, topology: TOPOLOGY, now: NOW })
    }
    const before = used((agoS) => 80 - agoS)
    expect(before.own).toMatchObject([{ state: 'violated', at: NOW, limit: 95 }])
    // What counts as getting nearer to the limit is what is expected, not what is.
    expect(before.own[0]!.value).toBeCloseTo(140, 5)
    const cleaned = used((agoS) => (agoS === 0 ? 20 : 80 - agoS))
    expect(cleaned.own).toMatchObject([{ state: 'well', at: NOW }])
  })

  test('what nobody sees is blind: never healthy', () => {
    expect(states(measureNow(watched, sightOf()))).toEqual(['blind', 'blind', 'blind'])
    const stale = sightOf(up(1, 3 * INTERVAL_MS + 1), errors(WEB, 0), errors(API, 0))
    expect(states(measureNow(watched, stale))[0]).toBe('blind')
  })

  test("a broken service without numbers of its own is violated, not blind; its neighbour's silence is blindness", () => {
    expect(states(measureNow(watched, sightOf(up(0))))).toEqual(['violated', 'violated', 'blind'])
  })

  test('while its own probes see nothing either, the silence of the service is blindness', () => {
    expect(states(measureNow(watched, sightOf(errors(API, 0))))).toEqual(['blind', 'blind', 'well'])
  })
})

describe('readiness', () => {
  const ready = (...seen: Seen[]): boolean | undefined => seenUp(sightOf(...seen).windows, WEB_1, NOW)

  test('is that of every fresh probe, and unknown without one', () => {
    expect(ready(up(1))).toBe(true)
    expect(ready(up(1), up(0))).toBe(false)
    expect(ready(up(0, 3 * INTERVAL_MS + 1), up(1))).toBe(true)
    expect(ready(up(1, 3 * INTERVAL_MS + 1))).toBeUndefined()
    expect(ready()).toBeUndefined()
  })
})

test('single questions: whether a condition holds, and what an expression is, where that is a number', () => {
  const seen = sightOf(up(1))
  const aliases = new Map([['down', '1 - up']])
  const { judge, value } = looksOf({ ...seen, aliases })
  expect(['up > 0', 'down > 0', 'gone > 0'].map((text) => judge(text, WEB_1))).toEqual(['true', 'false', 'blind'])
  expect(['down + 2', 'gone', '1 / down'].map((text) => value(text, WEB_1))).toEqual([2, undefined, undefined])
})

describe('a target that came back under another name', () => {
  const pod = (n: number): ResourceRef => `lab:shop/instance/web-${n}`
  const OLD = pod(1)
  const among = { pattern: 'lab:shop/instance/web-*', count: 3 }
  const expected = (targets: readonly ResourceRef[]): typeof watched.expectations =>
    targets.map((target) => ({ policy: 'up', target, condition: 'up == 0', among }))

  type Up = 0 | 1 | null
  /** What is said of the old name, when there are these pods now, each up, down or unseen. */
  const said = (pods: readonly (readonly [ResourceRef, Up])[], named: readonly ResourceRef[] = [OLD]): SignalState => {
    const others = [...TOPOLOGY.values()].filter(({ partOf }) => partOf !== WEB)
    const nodes = pods.map(([ref]) => ({ ref, partOf: WEB, dependsOn: [], durable: false, sharedFate: [] }))
    const seen = pods.flatMap(([target, value]) => (value === null ? [] : [{ target, metric: 'up', value }]))
    const sight = { ...sightOf(...seen), topology: topologyOf([...others, ...nodes]) }
    const { own } = measureNow({ owner: WEB, expectations: expected(named), guards: [] }, sight)
    return own[0] as SignalState
  }

  test('is judged by what has come in its place, and by nothing that the plan speaks of anyway', () => {
    const now = said(
      [
        [pod(2), 0],
        [pod(3), 1],
        [pod(4), 1],
      ],
      [OLD, pod(2), pod(3)],
    )
    expect(now).toMatchObject({ target: OLD, state: 'well', heirs: [pod(4)], at: NOW })
    expect(
      said(
        [
          [pod(2), 1],
          [pod(3), 1],
          [pod(4), 0],
        ],
        [OLD, pod(2), pod(3)],
      ).state,
    ).toBe('violated')
  })

  test('is blind while fewer are there than there were, where its owner is gone, and where nobody has looked', () => {
    expect(
      said([
        [pod(2), 1],
        [pod(3), 1],
      ]).state,
    ).toBe('blind')
    const [expectation] = expected([OLD])
    const of = (nodes: Sight['topology'], owner: ResourceRef): string | undefined =>
      measureNow({ owner, expectations: [expectation!], guards: [] }, { ...sightOf(), topology: nodes }).own[0]?.state
    expect(of(topologyOf([]), WEB)).toBe('blind')
    expect(of(TOPOLOGY, 'lab:shop/service/gone')).toBe('blind')
  })

  const up = fc.constantFrom<Up>(0, 1, null)
  const pods = fc
    .array(up, { minLength: 1, maxLength: 6 })
    .map((ups) => ups.map((one, i) => [pod(i + 2), one] as const))

  test('is well only where at least as many as there were are all seen to be well', () => {
    fc.assert(
      fc.property(pods, (now) => {
        const { state } = said(now)
        const isWell = now.length >= among.count && now.every(([, one]) => one === 1)
        expect(state === 'well').toBe(isWell)
        if (now.length < among.count || now.some(([, one]) => one === null)) expect(state).toBe('blind')
      }),
    )
  })

  test('and while it is there, nothing else speaks for it', () => {
    fc.assert(
      fc.property(up, pods, (own, others) => {
        const { state, heirs } = said([[OLD, own], ...others])
        expect(heirs).toBeUndefined()
        expect(state).toBe(own === null ? 'blind' : own === 1 ? 'well' : 'violated')
      }),
    )
  })
})
