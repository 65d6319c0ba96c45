import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alertOn, alertsOf } from '../../../test/fixtures/alerts.ts'
import { createWindows, type WindowStore } from '../../signals/windows.ts'
import type { KnownAlert } from '../alert.ts'
import type { ResourceRef } from '../resource.ts'
import { topologyOf } from '../topology.ts'
import { judge, type JudgeContext, type Judgement } from './evaluate.ts'
import { parseCondition } from './parse.ts'

const WEB: ResourceRef = 'lab:shop/service/web'
const WEB_1: ResourceRef = 'lab:shop/instance/web-1'
const NOW = 600_000
const NODE = { dependsOn: [], sharedFate: [] }
const TOPOLOGY = topologyOf([
  { ...NODE, ref: WEB, durable: true },
  { ...NODE, ref: WEB_1, partOf: WEB, durable: false },
])
const HIGH = 'alert{alertname="HighErrors"}'

type Seen = { readonly at: number; readonly value?: number; readonly metric?: string; readonly target?: ResourceRef }

function windowsOf(seen: readonly Seen[]): WindowStore {
  const windows = createWindows()
  for (const { at, value = 1, metric = 'up', target = WEB_1 } of seen) {
    windows.add({ source: 's', intervalMs: 1000, samples: [{ metric, labels: {}, target, at, value }] })
  }
  return windows
}

function judged(
  text: string,
  alerts: readonly KnownAlert[],
  seen: readonly Seen[] = [],
  more: Partial<JudgeContext> = {},
): Judgement {
  const world = { windows: windowsOf(seen), topology: TOPOLOGY, alerts: alertsOf(...alerts) }
  return judge(parseCondition(text), { ...world, target: WEB_1, now: NOW, wasActive: false, ...more })
}

const firing = (change: Partial<KnownAlert> = {}): KnownAlert => alertOn(WEB_1, { startsAt: NOW - 60_000, ...change })
const resolved = (endsAt: number, change: Partial<KnownAlert> = {}): KnownAlert =>
  firing({ status: 'resolved', endsAt, receivedAt: endsAt, ...change })

describe('an alert in a condition', () => {
  test('is true since it started, and is named', () => {
    expect(judged(HIGH, [firing()])).toEqual({
      state: 'true',
      since: NOW - 60_000,
      evidence: [{ signal: 'alert HighErrors (f1)', value: 1, at: NOW }],
    })
  })

  test('is false where none is known, or none that passes the tests', () => {
    expect(judged(HIGH, [])).toMatchObject({ state: 'false', evidence: [{ signal: HIGH, value: 0, at: NOW }] })
    expect(judged('alert{alertname="Other"}', [firing()]).state).toBe('false')
    expect(judged('alert{alertname=~"High.*", severity!="critical"}', [firing()]).state).toBe('false')
    expect(judged('alert{alertname=~"High.*", severity=~"crit.*"}', [firing()]).state).toBe('true')
  })

  test('is about the very target, not about its owner or its parts', () => {
    expect(judged(HIGH, [alertOn(WEB, { startsAt: NOW })]).state).toBe('false')
    expect(judged(HIGH, [firing()], [], { target: WEB }).state).toBe('false')
  })

  test('that resolved is false only once its target was seen alive since; the sight is the evidence', () => {
    const over = resolved(NOW - 10_000)
    expect(judged(HIGH, [over], [{ at: NOW - 2000 }])).toEqual({
      state: 'false',
      evidence: [{ signal: 'alert HighErrors (f1)', value: 0, at: NOW - 2000 }],
    })
    expect(judged(HIGH, [over], [{ at: NOW - 10_000 }])).toMatchObject({
      state: 'blind',
      reason: `alert HighErrors (f1) resolved, but ${WEB_1} has not been seen since`,
    })
  })

  test('that resolved is not well where the target is seen and does not live', () => {
    const seen = [
      { at: NOW - 1000, metric: 'errors', value: 0 },
      { at: NOW - 1000, value: 0 },
    ]
    expect(judged(HIGH, [resolved(NOW - 10_000)], seen)).toMatchObject({
      state: 'blind',
      reason: `alert HighErrors (f1) resolved, but ${WEB_1} does not live`,
    })
  })

  test('that resolved is well when the durable owner of an unseen target was seen', () => {
    const seen = [{ at: NOW - 1000, metric: 'errors', target: WEB }]
    expect(judged(HIGH, [resolved(NOW - 10_000)], seen)).toMatchObject({
      state: 'false',
      evidence: [{ at: NOW - 1000 }],
    })
  })

  test('that ended by silence is blind, however well its target is seen', () => {
    const silent = firing({ endsAt: NOW - 5000 })
    expect(judged(HIGH, [silent], [{ at: NOW }])).toMatchObject({
      state: 'blind',
      since: NOW - 60_000,
      reason: 'alert HighErrors (f1) ended by silence: nobody said that it resolved',
    })
    expect(judged(HIGH, [firing({ endsAt: NOW + 1 })]).state).toBe('true')
  })

  test('is blind on a target that is gone, whatever became of it', () => {
    const topology = topologyOf([])
    for (const alerts of [[firing()], [resolved(NOW - 10_000)], []]) {
      expect(judged(HIGH, alerts, [{ at: NOW }], { topology })).toMatchObject({ state: 'blind' })
    }
  })

  test('is blind where no alerts are received', () => {
    const windows = createWindows()
    expect(judge(parseCondition(HIGH), { windows, target: WEB_1, now: NOW, wasActive: false }).state).toBe('blind')
  })

  test('that was true and is known no longer ends by sight, too', () => {
    expect(judged(HIGH, [], [], { wasActive: true }).state).toBe('blind')
    expect(judged(HIGH, [], [{ at: NOW - 1000 }], { wasActive: true })).toMatchObject({ state: 'false' })
  })
})

describe('an alert beside other parts of a condition', () => {
  test('holds for a time since it started', () => {
    expect(judged(`${HIGH} for 1m`, [firing()])).toMatchObject({ state: 'true', since: NOW - 60_000 })
    expect(judged(`${HIGH} for 61s`, [firing()]).state).toBe('false')
    expect(judged(`${HIGH} for 1m`, [firing({ endsAt: NOW - 1 })])).toMatchObject({ state: 'blind' })
  })

  test('of two alerts together, the time begins when the second one starts', () => {
    const other = firing({ fingerprint: 'f2', labels: { alertname: 'Slow' }, startsAt: NOW - 20_000 })
    const both = `${HIGH} and alert{alertname="Slow"}`
    expect(judged(both, [firing(), other])).toMatchObject({ state: 'true', since: NOW - 20_000 })
    expect(judged(`(${both}) for 30s`, [firing(), other]).state).toBe('false')
    expect(judged(`(${HIGH} or alert{alertname="Slow"}) for 1m`, [firing(), other]).state).toBe('true')
  })

  test('a metric beside it counts the samples', () => {
    const up = [0, 1, 2, 3].map((i) => ({ at: NOW - 3000 + i * 1000, value: 0 }))
    expect(judged(`(${HIGH} and up < 1) for 3 samples`, [firing()], up)).toMatchObject({ state: 'true' })
    expect(judged(`(${HIGH} and up < 1) for 3 samples`, [firing({ startsAt: NOW - 1500 })], up).state).toBe('false')
    expect(judged(`${HIGH} and up < 1`, [], []).state).toBe('false')
    expect(judged(`${HIGH} and up < 1`, [firing()], []).state).toBe('blind')
    expect(judged(`not ${HIGH} and up < 1`, [], up).state).toBe('true')
  })

  test('until another alert, it stays on', () => {
    const clear = firing({ fingerprint: 'f2', labels: { alertname: 'Clear' }, startsAt: NOW - 1000 })
    const text = `${HIGH} until alert{alertname="Clear"}`
    expect(judged(text, [firing()]).state).toBe('true')
    expect(judged(text, [firing(), clear]).state).toBe('false')
  })
})

test('an alert is true exactly while one fires, and never false while one has ended by silence', () => {
  const moment = fc.integer({ min: NOW - 100_000, max: NOW + 100_000 })
  const arbitrary = fc
    .record({ startsAt: fc.integer({ min: NOW - 200_000, max: NOW }), endsAt: fc.option(moment), over: fc.boolean() })
    .filter(({ startsAt, endsAt, over }) => endsAt === null || (endsAt >= startsAt && (!over || endsAt <= NOW)))
    .map(({ startsAt, endsAt, over }, i?: number) =>
      firing({
        fingerprint: `f${i ?? 0}`,
        startsAt,
        ...(endsAt !== null && { endsAt }),
        status: over && endsAt !== null ? 'resolved' : 'firing',
      }),
    )
  fc.assert(
    fc.property(fc.array(arbitrary, { maxLength: 4 }), fc.boolean(), (alerts, isSeen) => {
      const { state } = judged(HIGH, alerts, isSeen ? [{ at: NOW }] : [])
      const fires = alerts.some(({ status, endsAt = Infinity }) => status === 'firing' && endsAt > NOW)
      const silent = alerts.some(({ status, endsAt = Infinity }) => status === 'firing' && endsAt <= NOW)
      expect(state === 'true').toBe(fires)
      if (silent) expect(state).not.toBe('false')
      if (alerts.length > 0 && !isSeen) expect(state).not.toBe('false')
    }),
  )
})
