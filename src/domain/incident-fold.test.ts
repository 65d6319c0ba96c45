import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PLAN, signal, WEB, WEB_1 } from '../../test/gate-world.ts'
import { assessmentOf, verdictOf } from '../../test/conformance/plan.ts'
import type { EntryBody } from './entry.ts'
import type { Finding } from './finding.ts'
import { foldIncident, nextIncident, openAttempt } from './incident-fold.ts'
import type { Incident } from './incident.ts'
import type { Outcome } from './run.ts'

const finding: Finding = {
  fingerprint: 'f',
  policy: PLAN.policy,
  target: WEB_1,
  state: 'violated',
  since: 0,
  severity: 'high',
  summary: 'web-1 is down',
  evidence: [],
}
const opened: EntryBody = { kind: 'incident-opened', owner: WEB, severity: 'high', findings: [finding] }
const started: EntryBody = { kind: 'run-started', plan: PLAN, version: 'v', epoch: 1 }
const settling: EntryBody = { kind: 'step-started', step: 'settle/result', effect: false }
const diagnosed: EntryBody = { kind: 'diagnosed', diagnosis: { hypotheses: [], blastRadius: [] } }
const released: EntryBody = { kind: 'released', subject: 'run-1', reason: 'looked', by: 'ada' }
const closed: EntryBody = { kind: 'incident-closed', endedBy: 'kintsugi' }
const page: EntryBody = { kind: 'decided', choice: { kind: 'page', reason: 'nothing left' } }
const denied = verdictOf({ gate: 'never', answer: 'deny', reason: 'out of bounds' })
const ended = (outcome: Outcome): EntryBody => ({ kind: 'run-ended', outcome, reason: '', leftOpen: [] })

const fold = (...bodies: (EntryBody | undefined)[]): Incident | undefined =>
  foldIncident(
    bodies.map((body, i) => ({
      incident: 'inc-1',
      run: 'run-1',
      at: { wallMs: i, bootMs: i, bootId: 'b' },
      ...(body && { body }),
    })),
  )

test('there is none before it is opened', () => {
  expect(fold()).toBeUndefined()
  expect(fold(started, closed, released)).toBeUndefined()
})

describe('the status', () => {
  test.each<[Incident['status'], EntryBody[]]>([
    ['open', []],
    ['diagnosing', [diagnosed]],
    ['healing', [started]],
    ['healing', [started, diagnosed]],
    ['verifying', [started, settling]],
    ['open', [started, ended('helped')]],
    ['open', [started, ended('rolled-back')]],
    ['escalated', [started, ended('parked')]],
    ['escalated', [started, ended('stuck')]],
    ['open', [started, ended('stuck'), released]],
    ['escalated', [page]],
    ['resolved', [started, ended('healed'), closed]],
    ['resolved', [closed, released]],
  ])('is %s after %j', (status, bodies) => {
    expect(fold(opened, ...bodies)?.status).toBe(status)
  })
})

test('an attempt is open until its run has ended', () => {
  expect(openAttempt(fold(opened, started)!)).toMatchObject({ run: 'run-1', remedy: PLAN.remedy, target: WEB_1 })
  expect(openAttempt(fold(opened, started, ended('spent'))!)).toBeUndefined()
  expect(fold(opened, started, ended('spent'))!.attempts).toMatchObject([{ outcome: 'spent' }])
})

test('it says what it waits for, until something happens', () => {
  const notRun: EntryBody = { kind: 'not-run', plan: PLAN, verdict: denied }
  expect(fold(opened, notRun)?.waitingFor).toEqual(['never: out of bounds'])
  expect(fold(opened, page)?.waitingFor).toEqual(['nothing left'])
  expect(fold(opened, notRun, started)?.waitingFor).toEqual([])
  expect(fold(opened, notRun, closed)?.waitingFor).toEqual([])
})

test('in shadow it keeps the plan that would have run', () => {
  const wouldRun: EntryBody = { kind: 'would-run', plan: PLAN, verdict: denied }
  expect(fold(opened, wouldRun)).toMatchObject({ wouldRun: PLAN, status: 'open' })
})

test('entries whose body was pruned, and those that say nothing of it, change nothing', () => {
  const quiet: EntryBody[] = [
    { kind: 'paged', about: 'inc-1', reason: 'look' },
    { kind: 'assessed', assessment: assessmentOf({ measure: { at: 0, own: [signal('well')], guards: [] } }) },
  ]
  expect(fold(opened, started, undefined, ...quiet)).toEqual(fold(opened, started))
})

test('every finding is gone once it is closed, and the time it closed stays', () => {
  expect(fold(opened, closed)).toMatchObject({ findings: [], closedAt: 1, endedBy: 'kintsugi' })
})

test('a proposal goes on waiting when something else of the incident is released', () => {
  const verdict = verdictOf({ gate: 'approval', answer: 'hold', reason: 'a person says yes' })
  const times = { proposedAt: 0, expiresAt: 1000, since: { wallMs: 0, bootMs: 0, bootId: 'b' } }
  const proposal = { id: 'prop-1', incident: 'inc-1', plan: PLAN, verdict, preview: [], ...times }
  const proposed: EntryBody = { kind: 'proposed', proposal }
  const waiting = fold(opened, proposed)?.waitingFor
  expect(waiting).toHaveLength(1)
  expect(fold(opened, proposed, { kind: 'released', subject: WEB, reason: 'looked', by: 'ada' })?.waitingFor).toEqual(
    waiting,
  )
})

describe('as laws', () => {
  const OUTCOMES: readonly Outcome[] = ['healed', 'helped', 'rolled-back', 'spent', 'parked', 'stuck', 'abandoned']
  const other: Finding = { ...finding, fingerprint: 'g', target: WEB }
  const changed = (findings: readonly Finding[]): EntryBody => ({
    kind: 'incident-changed',
    severity: 'high',
    findings,
  })
  const body = fc.oneof(
    fc.constantFrom(opened, started, settling, diagnosed, released, closed, page),
    fc.constantFrom(...OUTCOMES).map(ended),
    fc.constantFrom([], [finding], [finding, other]).map(changed),
    fc.constantFrom<EntryBody>(
      { kind: 'not-run', plan: PLAN, verdict: denied },
      { kind: 'would-run', plan: PLAN, verdict: denied },
      { kind: 'paged', about: 'inc-1', reason: 'look' },
      { kind: 'acknowledged', by: 'ada', reason: 'mine' },
      { kind: 'marked-wrong', subject: 'run-1', by: 'ada', reason: 'no' },
    ),
  )
  /** Times and runs as they come; some bodies have been pruned. */
  const entries = fc.array(
    fc.record({ body: fc.option(body, { freq: 8 }), run: fc.constantFrom('run-1', 'run-2'), ms: fc.nat(100_000) }),
    { maxLength: 30 },
  )
  const logOf = (list: readonly { body: EntryBody | null; run: string; ms: number }[]) =>
    list.map(({ body: one, run, ms }) => ({
      incident: 'inc-1',
      run,
      at: { wallMs: ms, bootMs: ms, bootId: 'b' },
      ...(one && { body: one }),
    }))

  test('an incident is its entries and nothing else: cut at any place and continued, it is the same', () => {
    fc.assert(
      fc.property(entries, fc.nat(30), (list, cut) => {
        const log = logOf(list)
        const frozen = structuredClone(log)
        let pieces = foldIncident(log.slice(0, cut))
        const before = structuredClone(pieces)
        const known = pieces
        for (const entry of log.slice(cut)) pieces = nextIncident(pieces, entry)
        expect(pieces).toEqual(foldIncident(structuredClone(log)))
        // Nothing that was handed out, and nothing that was folded, changes afterwards.
        expect(known).toEqual(before)
        expect(log).toEqual(frozen)
      }),
    )
  })

  test('what is resolved has no findings, and every run of it that has begun is among its attempts', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const incident = foldIncident(logOf([{ body: opened, run: '', ms: 0 }, ...list]))
        const since = list.slice(list.findLastIndex((one) => one.body?.kind === 'incident-opened') + 1)
        const begun = since.filter((one) => one.body?.kind === 'run-started').map(({ run }) => run)
        expect(incident?.attempts.map(({ run }) => run)).toEqual(begun)
        if (since.at(-1)?.body?.kind === 'incident-closed')
          expect(incident).toMatchObject({ status: 'resolved', findings: [] })
      }),
    )
  })
})
