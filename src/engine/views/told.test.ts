import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, BEGIN, denied, healed, held, parked, plan, released, shadowed } from '../../../test/fixtures/incidents.ts'
import { verdictOf } from '../../../test/conformance/plan.ts'
import type { Entry, EntryBody } from '../../domain/entry.ts'
import { momentsOf } from './moments.ts'
import { planView } from './steps.ts'
import { openProposal, plansTold, type PlanTold } from './told.ts'

const [incident, run] = ['inc-1', 'run-1']

/** Entries as the record would hold them, a second apart. */
function entriesOf(bodies: readonly EntryBody[]): Entry[] {
  return bodies.map((body, i) => ({
    seq: i + 1,
    at: at(i * 1000),
    kind: body.kind,
    incident,
    run,
    body,
    digest: '',
    chain: '',
  }))
}

const opened: EntryBody = { kind: 'incident-opened', owner: plan.owner, severity: 'high', findings: [] }
const [step] = plan.steps
const name = step!.name
const verdict = verdictOf({ gate: 'never', answer: 'allow', reason: 'fine' })
const STARTED: readonly EntryBody[] = [
  opened,
  { kind: 'run-started', plan, version: 'v', epoch: 1 },
  { kind: 'step-started', step: `${name}/capture`, effect: false },
  { kind: 'step-succeeded', step: `${name}/capture`, result: { was: 1 } },
  { kind: 'step-started', step: `${name}/apply`, effect: true, verdict },
]
const APPLIED: readonly EntryBody[] = [...STARTED, { kind: 'step-succeeded', step: `${name}/apply`, result: null }]
const ended = (outcome: 'healed' | 'rolled-back' | 'stuck'): EntryBody => ({
  kind: 'run-ended',
  outcome,
  reason: 'so it was',
  leftOpen: [],
})
const told = (...bodies: readonly EntryBody[]): PlanTold => plansTold(entriesOf(bodies))[0]!
const status = (...bodies: readonly EntryBody[]): string | undefined => told(...bodies).steps.get(name)?.status

test.each<[string | undefined, readonly EntryBody[]]>([
  [undefined, STARTED.slice(0, 2)],
  ['planned', STARTED.slice(0, 4)],
  ['under-way', STARTED],
  ['applied', APPLIED],
  ['failed', [...STARTED, { kind: 'step-failed', step: `${name}/apply`, failure: { message: 'no' } }]],
  ['failed', [...APPLIED, { kind: 'step-failed', step: `${name}/verify`, failure: { message: 'no' } }]],
  ['failed', [...STARTED, ended('stuck')]],
  ['applied', [...APPLIED, ended('healed')]],
  ['undone', [...APPLIED, { kind: 'undo-started', step: name, verdict }, { kind: 'undo-finished', step: name }]],
])('a step is %s after what its run tells', (expected, bodies) => {
  expect(status(...bodies)).toBe(expected)
})

test('a plan keeps what its capture saw, when it was applied, and how it ended', () => {
  expect(told(...APPLIED, ended('healed'))).toMatchObject({
    became: 'run',
    run,
    startedAt: BEGIN + 1000,
    endedAt: BEGIN + 6000,
    outcome: 'healed',
    verdict,
  })
  expect(told(...APPLIED).steps.get(name)).toMatchObject({ before: { was: 1 }, appliedAt: BEGIN + 5000 })
})

test('a plan that was proposed says what became of it, and waits only until then', () => {
  const proposal = { id: 'p', incident, plan, verdict, preview: [], proposedAt: 0, expiresAt: 1, since: at(0) }
  const proposed: EntryBody = { kind: 'proposed', proposal }
  const rejected: EntryBody = { kind: 'proposal-ended', proposal: 'p', as: 'rejected', by: 'ann', reason: 'not now' }
  const closed: EntryBody = { kind: 'incident-closed', endedBy: 'itself' }
  const approved: EntryBody = { kind: 'approved', proposal: 'p', by: 'ann', reason: 'go' }
  expect(openProposal(entriesOf([opened, proposed]))).toEqual(proposal)
  for (const end of [rejected, approved, closed]) {
    expect(openProposal(entriesOf([opened, proposed, end]))).toBeUndefined()
  }
  expect(told(opened, proposed, rejected)).toMatchObject({ became: 'proposed', reason: 'rejected by ann: not now' })
  expect(told(opened, proposed, approved, ...APPLIED.slice(1))).toMatchObject({ became: 'running', run })
})

const STORIES = [healed, held, denied, parked, released, shadowed].map((story) =>
  story.flatMap(({ afterMs, entries }) =>
    entries.map((entry, i): Entry => ({
      ...entry,
      at: at(afterMs),
      seq: i,
      kind: entry.body.kind,
      digest: '',
      chain: '',
    })),
  ),
)
const ALL = [...STORIES, entriesOf([...APPLIED, { kind: 'undo-started', step: name, verdict }, ended('rolled-back')])]

test('a view of any prefix of a story, whatever of it was pruned, is one; and every moment of it lies within it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ALL), fc.nat(30), fc.array(fc.nat(30)), (story, length, pruned) => {
      const entries = story.slice(0, length).map(({ body, ...entry }, i): Entry => {
        return body === undefined || pruned.includes(i) ? entry : { ...entry, body }
      })
      const views = plansTold(entries).map((one) => planView(one, { now: BEGIN, action: () => undefined }))
      for (const view of views)
        expect(view.steps.map((one) => one.name)).toEqual(view.plan.steps.map((one) => one.name))
      const moments = momentsOf(entries).map((moment) => moment.at)
      expect(moments).toEqual(moments.toSorted((a, b) => a - b))
      for (const moment of moments) {
        expect(moment).toBeGreaterThanOrEqual(entries[0]!.at.wallMs)
        expect(moment).toBeLessThanOrEqual(entries.at(-1)!.at.wallMs)
      }
    }),
  )
})
