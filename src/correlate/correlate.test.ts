import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findingOn, step } from '../../test/correlation-world.ts'
import { API, SHOP, TOPOLOGY, WEB, WEB_1, WEB_2 } from '../../test/gate-world.ts'
import type { Finding } from '../domain/finding.ts'
import type { Attempt, Incident } from '../domain/incident.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { durableOwner, related, topologyOf, type Topology } from '../domain/topology.ts'
import { correlate } from './correlate.ts'

const withAttempt = (incident: Incident, attempt: Partial<Attempt>): Incident => ({
  ...incident,
  attempts: [{ run: 'run-1', plan: 'plan-1', remedy: 'restart-instance', target: WEB_1, ...attempt }],
})

describe('grouping', () => {
  test('findings on two instances of a service are one incident, on the service', () => {
    const open = step([], [findingOn(WEB_1), findingOn(WEB_2)])
    expect(open.map(({ owner }) => owner)).toEqual([WEB])
  })

  test('findings on two services are two incidents', () => {
    expect(step([], [findingOn(WEB_1), findingOn(API)]).map(({ owner }) => owner)).toEqual([API, WEB])
  })

  test('a finding on an owner of what is already open joins it', () => {
    const open = step([], [findingOn(WEB_1)])
    expect(step(open, [findingOn(WEB_1), findingOn(SHOP)])).toMatchObject([{ owner: WEB, findings: [{}, {}] }])
  })

  test('findings on an owner and on its part, found together, are one incident', () => {
    expect(step([], [findingOn(SHOP), findingOn(WEB_1), findingOn(API)])).toHaveLength(1)
  })
})

describe('closing', () => {
  const [incident] = step([], [findingOn(WEB_1)])

  test.each<[string, Partial<Attempt> | undefined, string]>([
    ['nobody did anything', undefined, 'itself'],
    ['nothing was applied', { outcome: 'abandoned' }, 'itself'],
    ['the last run healed it', { outcome: 'healed' }, 'kintsugi'],
    ['the last run helped', { outcome: 'helped' }, 'kintsugi'],
    ['the last run was taken back', { outcome: 'rolled-back' }, 'unknown'],
    ['the last run got stuck', { outcome: 'stuck' }, 'unknown'],
  ])('when %s: ended by %s', (_what, attempt, endedBy) => {
    const open = [attempt ? withAttempt(incident!, attempt) : incident!]
    expect(correlate({ findings: [], open, topology: TOPOLOGY, now: 0 })).toEqual([
      { do: 'close', incident: incident!.id, endedBy },
    ])
  })

  test('waits for a run that is under way', () => {
    const under = withAttempt(incident!, {})
    expect(step([under], [])).toMatchObject([{ id: incident!.id, findings: [] }])
  })
})

describe('news', () => {
  const [incident] = step([], [findingOn(WEB_1)])

  test('newer evidence alone is none', () => {
    const newer = findingOn(WEB_1, { evidence: [{ signal: 'up', value: 0, at: 5 }], summary: 'still down' })
    expect(correlate({ findings: [newer], open: [incident!], topology: TOPOLOGY, now: 0 })).toEqual([])
  })

  test('what is foreseen much sooner than it was is some; a little sooner, or later, is none', () => {
    const foreseen = (dueAt: number): Finding => findingOn(WEB_1, { lead: 'forecast', dueAt })
    const [open] = step([], [foreseen(1000)])
    const said = (dueAt: number): number =>
      correlate({ findings: [foreseen(dueAt)], open: [open!], topology: TOPOLOGY, now: 200 }).length
    expect([2000, 900, 601, 599, 200].map(said)).toEqual([0, 0, 0, 1, 1])
  })

  test('another finding, or the same one now blind, is some', () => {
    for (const findings of [[findingOn(WEB_1), findingOn(WEB_2)], [findingOn(WEB_1, { state: 'blind' })]]) {
      expect(correlate({ findings, open: [incident!], topology: TOPOLOGY, now: 0 })).toMatchObject([{ do: 'update' }])
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
        const findings = round.map((i) => findingOn(refOf(i)))
        open = step(open, findings, topology)
        expect(correlate({ findings, open, topology, now: 0 })).toEqual([])
        expect(correlate({ findings: findings.toReversed(), open, topology, now: 0 })).toEqual([])
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
          round.map((i) => findingOn(refOf(i))),
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
