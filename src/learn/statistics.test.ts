import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finding, plan, WEB } from '../../test/fixtures/incidents.ts'
import type { Credit } from '../domain/credit.ts'
import type { EntryBody } from '../domain/entry.ts'
import type { Incident } from '../domain/incident.ts'
import type { Outcome } from '../domain/run.ts'
import { statisticsOf } from './statistics.ts'

type Told = Parameters<typeof statisticsOf>[0] extends Iterable<infer One> ? One : never

const entry = (wallMs: number, incident: string, body: EntryBody, run?: string): Told => ({
  at: { wallMs, bootMs: wallMs, bootId: 'boot-1' },
  incident,
  body,
  ...(run !== undefined && { run }),
})

/** An incident that broke at 0, is opened at 1000, located at 1500, and ends at 6000 after these runs. */
function episode(incident: string, endedBy: NonNullable<Incident['endedBy']>, outcomes: readonly Outcome[]): Told[] {
  const cause = { cause: 'dead-instance', target: WEB, confidence: 1, summary: '', for: [], against: [] }
  return [
    entry(1000, incident, {
      kind: 'incident-opened',
      owner: WEB,
      severity: 'high',
      findings: [{ ...finding, since: 0 }],
    }),
    entry(1500, incident, { kind: 'diagnosed', diagnosis: { hypotheses: [cause], blastRadius: [] } }),
    ...outcomes.flatMap((outcome, i) => [
      entry(2000, incident, { kind: 'run-started', plan, version: '1', epoch: 1 }, `${incident}-${i}`),
      entry(5000, incident, { kind: 'run-ended', outcome, reason: '', leftOpen: [] }, `${incident}-${i}`),
    ]),
    entry(6000, incident, { kind: 'incident-closed', endedBy }),
  ]
}

test('the times of an incident run from its first violated sample', () => {
  const { detect, locate, repair } = statisticsOf(episode('inc-1', 'kintsugi', ['healed']))
  expect([detect?.mean, locate?.mean, repair?.mean]).toEqual([1000, 500, 6000])
})

test('what ends by itself is no repair, and noise where nothing was run', () => {
  const told = statisticsOf([...episode('inc-1', 'itself', []), ...episode('inc-2', 'itself', ['spent'])])
  expect(told.repair).toBeUndefined()
  expect(told.noiseShare).toBe(0.5)
  expect(told.incidents).toEqual({ opened: 2, open: 0, wrong: 0, endedBy: { kintsugi: 0, itself: 2, unknown: 0 } })
})

test('what people call wrong counts for the incident, and for the run that they name', () => {
  const wrong = (subject: string): Told =>
    entry(7000, 'inc-1', { kind: 'marked-wrong', subject, by: 'ada', reason: 'it was the database' })
  const told = episode('inc-1', 'kintsugi', ['spent', 'healed'])
  expect(statisticsOf([...told, wrong('inc-1')])).toMatchObject({ incidents: { wrong: 1 }, remedies: [{ wrong: 0 }] })
  expect(statisticsOf([...told, wrong('inc-1-0'), wrong('inc-1')])).toMatchObject({
    incidents: { wrong: 1 },
    remedies: [{ wrong: 1, runs: 2 }],
  })
})

test('nothing is known of an empty record', () => {
  expect(statisticsOf([])).toEqual({
    incidents: { opened: 0, open: 0, wrong: 0, endedBy: { kintsugi: 0, itself: 0, unknown: 0 } },
    credits: { 'fixed-by-us': 0, 'recovered-alone': 0, unknown: 0 },
    remedies: [],
  })
})

test('a success is a healed run among those that applied something', () => {
  const outcome = fc.constantFrom<Outcome>('healed', 'helped', 'rolled-back', 'spent', 'parked', 'stuck', 'abandoned')
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 1 }), (outcomes) => {
      const [remedy] = statisticsOf(episode('inc-1', 'kintsugi', outcomes)).remedies
      const judged = outcomes.filter((one) => one !== 'abandoned')
      expect(remedy?.runs).toBe(outcomes.length)
      expect(remedy?.successRate).toBe(
        judged.length === 0 ? undefined : judged.filter((one) => one === 'healed').length / judged.length,
      )
      expect(remedy?.duration?.median).toBe(3000)
    }),
  )
})

test('a success is what we fixed: what recovered alone, and what nobody knows, stand beside it', () => {
  const run = (name: string, outcome: Outcome, credit?: Credit): Told[] => [
    entry(2000, 'inc-1', { kind: 'run-started', plan, version: '1', epoch: 1 }, name),
    entry(
      5000,
      'inc-1',
      {
        kind: 'run-ended',
        outcome,
        reason: '',
        leftOpen: [],
        ...(credit && { credited: { credit, controlled: true, reason: '' } }),
      },
      name,
    ),
  ]
  const [opened] = episode('inc-1', 'unknown', []) as [Told]
  const told = statisticsOf([
    opened,
    ...run('a', 'healed', 'fixed-by-us'),
    ...run('b', 'healed', 'recovered-alone'),
    ...run('c', 'healed', 'unknown'),
    ...run('d', 'spent', 'recovered-alone'),
    ...run('e', 'spent'),
    // From before credit was written down.
    ...run('f', 'healed'),
  ])
  const credits = { 'fixed-by-us': 2, 'recovered-alone': 2, unknown: 1 }
  expect(told.credits).toEqual(credits)
  expect(told.remedies).toMatchObject([{ credits, successRate: 2 / 6, runs: 6 }])
})
