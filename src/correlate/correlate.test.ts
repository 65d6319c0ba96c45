import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { API, SHOP, TOPOLOGY, WEB, WEB_1, WEB_2 } from '../../test/gate-world.ts'
import type { Finding } from '../domain/finding.ts'
import { nextIncident } from '../domain/incident-fold.ts'
import type { Attempt, Incident } from '../domain/incident.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { durableOwner, related, topologyOf, type Topology } from '../domain/topology.ts'
import { correlate, type Change } from './correlate.ts'

const finding = (target: ResourceRef, more: Partial<Finding> = {}): Finding => ({
  fingerprint: `up ${target}`,
  policy: 'up',
  target,
  state: 'violated',
  since: 0,
  severity: 'high',
  summary: `${target} is down`,
  evidence: [],
  ...more,
})

/** The open incidents after the changes, as the engine would record and fold them. */
function applied(open: readonly Incident[], changes: readonly Change[]): Incident[] {
  const at = { wallMs: 0, bootMs: 0, bootId: 'b' }
  const known = new Map(open.map((incident) => [incident.id, incident]))
  for (const change of changes) {
    const id = change.do === 'open' ? `inc-${(opened += 1)}` : change.incident
    const kind = ({ open: 'incident-opened', update: 'incident-changed', close: 'incident-closed' } as const)[change.do]
    const next = nextIncident(known.get(id), { incident: id, at, body: { kind, ...change } as never })
    if (!next || next.status === 'resolved') known.delete(id)
    else known.set(id, next)
  }
  return [...known.values()]
}
let opened = 0

const step = (open: readonly Incident[], findings: readonly Finding[], topology = TOPOLOGY): Incident[] =>
  applied(open, correlate({ open, findings, topology }))

const withAttempt = (incident: Incident, attempt: Partial<Attempt>): Incident => ({
  ...incident,
  attempts: [{ run: 'run-1', plan: 'plan-1', remedy: 'restart-instance', target: WEB_1, ...attempt }],
})

describe('grouping', () => {
  test('findings on two instances of a service are one incident, on the service', () => {
    const open = step([], [finding(WEB_1), finding(WEB_2)])
    expect(open.map(({ owner }) => owner)).toEqual([WEB])
  })

  test('findings on two services are two incidents', () => {
    expect(step([], [finding(WEB_1), finding(API)]).map(({ owner }) => owner)).toEqual([WEB, API])
  })

  test('a finding on an owner of what is already open joins it', () => {
    const open = step([], [finding(WEB_1)])
    expect(step(open, [finding(WEB_1), finding(SHOP)])).toMatchObject([{ owner: WEB, findings: [{}, {}] }])
  })

  test('findings on an owner and on its part, found together, are one incident', () => {
    expect(step([], [finding(SHOP), finding(WEB_1), finding(API)])).toHaveLength(1)
  })
})

describe('closing', () => {
  const [incident] = step([], [finding(WEB_1)])

  test.each<[string, Partial<Attempt> | undefined, string]>([
    ['nobody did anything', undefined, 'itself'],
    ['nothing was applied', { outcome: 'abandoned' }, 'itself'],
    ['the last run healed it', { outcome: 'healed' }, 'kintsugi'],
    ['the last run helped', { outcome: 'helped' }, 'kintsugi'],
    ['the last run was taken back', { outcome: 'rolled-back' }, 'unknown'],
    ['the last run got stuck', { outcome: 'stuck' }, 'unknown'],
  ])('when %s: ended by %s', (_what, attempt, endedBy) => {
    const open = [attempt ? withAttempt(incident!, attempt) : incident!]
    expect(correlate({ findings: [], open, topology: TOPOLOGY })).toEqual([
      { do: 'close', incident: incident!.id, endedBy },
    ])
  })

  test('waits for a run that is under way', () => {
    const under = withAttempt(incident!, {})
    expect(step([under], [])).toMatchObject([{ id: incident!.id, findings: [] }])
  })
})

describe('news', () => {
  const [incident] = step([], [finding(WEB_1)])

  test('newer evidence alone is none', () => {
    const newer = finding(WEB_1, { evidence: [{ signal: 'up', value: 0, at: 5 }], summary: 'still down' })
    expect(correlate({ findings: [newer], open: [incident!], topology: TOPOLOGY })).toEqual([])
  })

  test('another finding, or the same one now blind, is some', () => {
    for (const findings of [[finding(WEB_1), finding(WEB_2)], [finding(WEB_1, { state: 'blind' })]]) {
      expect(correlate({ findings, open: [incident!], topology: TOPOLOGY })).toMatchObject([{ do: 'update' }])
    }
  })
})

const refOf = (i: number): ResourceRef => `lab:shop/thing/t${i}`
const forests: fc.Arbitrary<Topology> = fc
  .array(fc.record({ parent: fc.option(fc.nat()), durable: fc.boolean() }), { minLength: 1, maxLength: 10 })
  .map((things) =>
    topologyOf(
      things.map(({ parent, durable }, i) => ({
        ref: refOf(i),
        ...(parent !== null && i > 0 && { partOf: refOf(parent % i) }),
        dependsOn: [],
        durable,
        sharedFate: [],
      })),
    ),
  )
const worlds = fc.array(fc.uniqueArray(fc.nat(12), { maxLength: 5 }), { minLength: 1, maxLength: 6 })

test('whatever is found in whatever order: called again with the same world it answers nothing', () => {
  fc.assert(
    fc.property(forests, worlds, (topology, rounds) => {
      let open: Incident[] = []
      for (const round of rounds) {
        const findings = round.map((i) => finding(refOf(i)))
        open = step(open, findings, topology)
        expect(correlate({ findings, open, topology })).toEqual([])
        expect(correlate({ findings: findings.toReversed(), open, topology })).toEqual([])
      }
    }),
  )
})

test('every finding is in exactly one open incident, which is on its lineage, and none is left without findings', () => {
  fc.assert(
    fc.property(forests, worlds, (topology, rounds) => {
      let open: Incident[] = []
      for (const round of rounds) {
        open = step(
          open,
          round.map((i) => finding(refOf(i))),
          topology,
        )
        const held = open.flatMap(({ findings }) => findings.map(({ target }) => target))
        expect(held.toSorted()).toEqual(round.map(refOf).toSorted())
        for (const { owner, findings } of open) {
          expect(findings.length).toBeGreaterThan(0)
          for (const { target } of findings) {
            expect(related(topology, owner, durableOwner(topology, target))).toBe(true)
          }
        }
      }
    }),
  )
})
