import { describe, expect, test } from 'vitest'
import { alertOn, alertsOf } from '../../test/fixtures/alerts.ts'
import type { Finding } from '../domain/finding.ts'
import type { Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf } from '../domain/topology.ts'
import { createWindows } from '../signals/windows.ts'
import { detect } from './detect.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { World } from './world.ts'

const web: ResourceRef = 'lab:shop/instance/web-1'
const api: ResourceRef = 'lab:shop/instance/api-1'
const START = 1_000_000

const policy = (condition: string, more: Partial<Policy> = {}): Policy => ({
  name: 'instance-down',
  condition,
  target: 'lab:shop/instance/web-*',
  severity: 'critical',
  ladder: ['restart-instance'],
  autonomy: 'observe',
  allowIrreversible: [],
  cooldownMs: 0,
  verify: { healthyForMs: 0, withinMs: 0, blindForMs: 0, guards: [] },
  ...more,
})

/** One value of `up` of web-1 a second from the start; judged at the last one, `laterMs` after it. */
function found(policies: readonly Policy[], ups: readonly number[], more: Partial<World> = {}, laterMs = 0): Finding[] {
  const windows = createWindows({ capacity: 1000 })
  ups.forEach((value, i) => {
    const samples = [{ metric: 'up', labels: {}, target: web, at: START + i * 1000, value }]
    windows.add({ source: 'health', intervalMs: 1000, samples })
  })
  const node = { dependsOn: [], durable: true, sharedFate: [] }
  const topology = topologyOf([web, api].map((ref) => ({ ref, ...node })))
  const now = START + Math.max(0, ups.length - 1) * 1000 + laterMs
  return detect({ policies, topology, windows, now, startedAt: START, open: new Set(), ...more })
}

const down = policy('up < 1 for 3 samples')

test('a condition that holds is a finding on each target that the policy covers, and on no other', () => {
  expect(found([down], [1, 0, 0, 0])).toEqual([
    {
      fingerprint: fingerprintOf('instance-down', web),
      policy: 'instance-down',
      target: web,
      state: 'violated',
      since: START + 1000,
      severity: 'critical',
      summary: 'lab:shop/instance/web-1: up < 1 for 3 samples (up is 0)',
      evidence: [{ signal: 'up', value: 0, limit: 1, at: START + 3000 }],
    },
  ])
  expect(found([down], [0, 0, 0, 1])).toEqual([])
  expect(found([{ ...down, target: '' }], [0, 0, 0])).toEqual([])
})

test('a fingerprint is short, stays the same, and is of policy and target together', () => {
  expect(fingerprintOf('instance-down', web)).toMatch(/^[0-9a-f]{16}$/)
  expect(fingerprintOf('instance-down', web)).toBe(fingerprintOf('instance-down', web))
  const others = [fingerprintOf('instance-down', api), fingerprintOf('instance-slow', web)]
  expect(new Set([...others, fingerprintOf('instance-down', web)]).size).toBe(3)
})

test('what went stale is a blind finding, since it was last seen', () => {
  const ups = Array.from({ length: 60 }, () => 1)
  expect(found([down], ups, {}, 3000)).toEqual([])
  expect(found([down], ups, {}, 3001)).toMatchObject([
    { state: 'blind', since: START + 59_000, summary: expect.stringContaining("nothing new for 'up' in 3 s") },
  ])
})

test('what is down has no numbers of its own: where that is a finding, their absence is none', () => {
  const slow = policy('latency_ms > 100', { name: 'slow' })
  const downFor = (seconds: number): number[] => Array.from({ length: seconds }, () => 0)
  expect(found([down, slow], downFor(60)).map(({ policy: name }) => name)).toEqual(['instance-down'])
  expect(found([slow], downFor(60))).toMatchObject([{ policy: 'slow', state: 'blind' }])
  const ups = Array.from({ length: 60 }, () => 1)
  expect(found([down, slow], ups)).toMatchObject([{ policy: 'slow', state: 'blind' }])
})

test('a start is no blindness: what was never seen is one only after the grace time', () => {
  expect(found([down], [], {}, 30_000)).toEqual([])
  expect(found([down], [], {}, 30_001)).toMatchObject([{ state: 'blind', since: START, evidence: [{ value: null }] }])
  expect(found([down], [], { graceMs: 5000 }, 5001)).toHaveLength(1)
  expect(found([down], [], { knownSince: new Map([[web, START + 10_000]]) }, 40_000)).toEqual([])
})

test('a violation in sight that is younger than asked is no blindness, however long that takes', () => {
  const slow = policy('up < 1 for 5m')
  const ups = Array.from({ length: 100 }, () => 0)
  expect(found([slow], ups)).toEqual([])
})

test('an open finding ends by being seen healthy, never by not being seen', () => {
  const open = new Set([fingerprintOf('instance-down', web)])
  expect(found([down], [], { open })).toMatchObject([{ state: 'blind' }])
  expect(found([down], [0], { open })).toMatchObject([{ state: 'blind' }])
  expect(found([down], [1], { open })).toEqual([])
})

test('hysteresis remembers by what is open', () => {
  const level = policy('up > 90 for 3 samples until up < 85')
  expect(found([level], [87, 87])).toEqual([])
  const open = new Set([fingerprintOf('instance-down', web)])
  expect(found([level], [87, 87], { open })).toMatchObject([{ state: 'violated', since: START }])
})

test('a z-score finds what is unlike the thousand samples before it, and is blind before it knows five hundred', () => {
  const unlike = policy('zscore(up[1000 samples]) > 3')
  const usual = Array.from({ length: 499 }, (_, i) => 100 + (i % 5))
  expect(found([unlike], [...usual, 104])).toEqual([])
  expect(found([unlike], [...usual, 107])).toMatchObject([{ state: 'violated', evidence: [{ limit: 3 }] }])
  expect(found([unlike], [...usual.slice(1), 107])).toMatchObject([
    { state: 'blind', summary: expect.stringContaining('too little data yet') },
  ])
})

test('parameters belong to their policy, aliases to all', () => {
  const params = new Map([['instance-down', { threshold: 2 }]])
  expect(found([policy('up < threshold')], [1], { params })).toHaveLength(1)
  expect(found([policy('failing')], [0], { aliases: new Map([['failing', '1 - up']]) })).toHaveLength(1)
})

describe('a policy on alerts', () => {
  const high = policy('alert{alertname="HighErrors"}')
  const known = (more: Partial<World>, laterMs = 120_000): Finding[] => found([high], [1], more, laterMs)

  test('is a finding that names the alert, and says nothing of targets that no alert is known of', () => {
    const startsAt = START + 1000
    expect(known({ alerts: alertsOf(alertOn(web, { startsAt })) })).toMatchObject([
      {
        target: web,
        state: 'violated',
        since: startsAt,
        summary: 'lab:shop/instance/web-1: alert{alertname="HighErrors"} (alert HighErrors (f1) is 1)',
        evidence: [{ signal: 'alert HighErrors (f1)', value: 1 }],
      },
    ])
    expect(known({ alerts: alertsOf() })).toEqual([])
    expect(known({ alerts: alertsOf(alertOn(api)) })).toEqual([])
  })

  test('is blind only where it was violated: an alert that ends unseen is no news by itself', () => {
    const silent = { alerts: alertsOf(alertOn(web, { endsAt: START + 60_000 })) }
    expect(known(silent)).toEqual([])
    const was = { open: new Set([fingerprintOf('instance-down', web)]), openOn: [web] }
    expect(known({ ...silent, ...was })).toMatchObject([{ state: 'blind' }])
    // The book has forgotten it, and nobody has seen the target: still no proof that it is well.
    expect(known({ alerts: alertsOf(), ...was }, 600_000)).toMatchObject([{ state: 'blind' }])
    expect(known({ alerts: alertsOf(), ...was }, 100)).toEqual([])
  })

  test('is quick with 10,000 alerts on 10,000 targets', () => {
    const refs = Array.from({ length: 10_000 }, (_, i): ResourceRef => `lab:shop/instance/web-${i}`)
    const topology = topologyOf(refs.map((ref) => ({ ref, dependsOn: [], durable: true, sharedFate: [] })))
    const alerts = alertsOf(...refs.map((ref, i) => alertOn(ref, { fingerprint: `f${i}` })))
    const policies = [
      high,
      ...Array.from({ length: 20 }, (_, i) => policy(`alert{alertname="A${i}"}`, { name: `p${i}` })),
    ]
    const began = performance.now()
    expect(found(policies, [1], { topology, alerts })).toHaveLength(10_000)
    expect(performance.now() - began).toBeLessThan(2000)
    const again = performance.now()
    expect(found(policies.slice(1), [1], { topology, alerts })).toEqual([])
    expect(performance.now() - again).toBeLessThan(100)
  })
})
