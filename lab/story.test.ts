import { expect, test } from 'vitest'
import type { Entry, EntryBody } from '../src/domain/entry.ts'
import type { Plan } from '../src/domain/plan.ts'
import type { GateAnswer, Verdict } from '../src/domain/verdict.ts'
import { truthOf } from './faults/fault.ts'
import { storyOf } from './story.ts'

const truth = truthOf('web-1', 'web', { cause: 'dead-instance', heals: ['restart-instance'], harms: [] })
const LADDER = (): string[] => ['restart-instance', 'restart-service', 'page']

function record(...bodies: [atMs: number, body: EntryBody][]): Entry[] {
  // One incident after the other: the number of openings so far is its name.
  let incidents = 0
  return bodies.map(([wallMs, body], seq) => ({
    seq,
    incident: `incident-${body.kind === 'incident-opened' ? ++incidents : incidents}`,
    at: { wallMs, bootMs: wallMs, bootId: 'b' },
    kind: body.kind,
    body,
    digest: '',
    chain: '',
  }))
}

const plan = (remedy: string): Plan => ({ remedy, owner: truth.service }) as Plan
const verdict = (...answers: GateAnswer[]): Verdict => ({ answer: 'hold', answers })
const limit: GateAnswer = { gate: 'attempts', answer: 'hold', reason: 'attempt 4 within 5m' }
const finding = {
  fingerprint: 'f',
  policy: 'p',
  target: truth.target,
  state: 'violated',
  since: 0,
  severity: 'critical',
  summary: '',
  evidence: [],
} as const
const opened: EntryBody = { kind: 'incident-opened', owner: truth.service, severity: 'critical', findings: [finding] }
const cause = { cause: 'dead-instance', target: truth.target, confidence: 0.9, summary: '', for: [], against: [] }
const diagnosed: EntryBody = { kind: 'diagnosed', diagnosis: { hypotheses: [cause], blastRadius: [] } }
const started: EntryBody = { kind: 'run-started', plan: plan('restart-instance'), version: '1', epoch: 1 }
const healed: EntryBody = { kind: 'run-ended', outcome: 'healed', reason: '', leftOpen: [] }
const closed: EntryBody = { kind: 'incident-closed', endedBy: 'kintsugi' }
const heldBack: EntryBody = { kind: 'not-run', plan: plan('restart-instance'), verdict: verdict(limit) }
const paged: EntryBody = { kind: 'paged', about: 'x', reason: 'y' }

test('a heal is told with its moments, its cause and its rung', () => {
  const entries = record([110, opened], [111, diagnosed], [112, started], [150, healed], [151, closed])
  expect(storyOf(entries, truth, 100, LADDER)).toMatchObject({
    detectedAt: 110,
    causeRank: 1,
    outcome: 'healed',
    remedy: 'restart-instance',
    rung: 1,
    stabilisedAt: 150,
    person: false,
    heldAt: null,
    openIncidents: 0,
    closedBy: 'kintsugi',
    runs: 1,
  })
})

test('what was on the record before the injection is not part of the story', () => {
  const entries = record([10, opened], [12, started], [50, healed], [51, closed])
  expect(storyOf(entries, truth, 100, LADDER)).toMatchObject({ detectedAt: null, outcome: 'none', runs: 0 })
})

test('a limit that stands in the way of the next run ends the story held, whatever healed before', () => {
  const entries = record([110, opened], [150, healed], [151, closed], [160, opened], [161, heldBack], [162, paged])
  expect(storyOf(entries, truth, 100, LADDER)).toMatchObject({
    outcome: 'held',
    heldAt: 161,
    heldBecause: 'attempt 4 within 5m',
    person: true,
    openIncidents: 1,
    owner: truth.service,
    latched: false,
  })
})

test('held by another gate than the limits is not the right reason', () => {
  const other: EntryBody = {
    kind: 'not-run',
    plan: plan('restart-instance'),
    verdict: verdict({ gate: 'lock', answer: 'hold', reason: 'locked' }),
  }
  expect(storyOf(record([161, other]), truth, 100, LADDER)).toMatchObject({ outcome: 'none', heldAt: null })
})

test('a cause that was named for another target, or behind another, has no first place', () => {
  const elsewhere = { ...cause, target: truth.service }
  const behind: EntryBody = { kind: 'diagnosed', diagnosis: { hypotheses: [elsewhere, cause], blastRadius: [] } }
  const wrong: EntryBody = { kind: 'diagnosed', diagnosis: { hypotheses: [elsewhere], blastRadius: [] } }
  expect(storyOf(record([111, behind]), truth, 100, LADDER).causeRank).toBe(2)
  expect(storyOf(record([111, wrong]), truth, 100, LADDER).causeRank).toBeNull()
})

test('what was opened for a neighbour is detected once its own target is found', () => {
  const other: EntryBody = { ...opened, findings: [{ ...finding, target: 'lab:shop/service/gateway' }] }
  const changed: EntryBody = { kind: 'incident-changed', severity: 'critical', findings: [finding] }
  expect(storyOf(record([110, other], [120, changed]), truth, 100, LADDER).detectedAt).toBe(120)
})
