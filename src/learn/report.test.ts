import { expect, test } from 'vitest'
import { finding, plan, WEB, WEB_1 } from '../../test/fixtures/incidents.ts'
import { alertOn } from '../../test/fixtures/alerts.ts'
import type { EntryBody } from '../domain/entry.ts'
import type { Verdict } from '../domain/verdict.ts'
import { reportOf } from './report.ts'

type Told = Parameters<typeof reportOf>[0] extends Iterable<infer One> ? One : never

const DAY = { from: 1000, to: 100_000 }
const told = (wallMs: number, body: EntryBody, incident?: string): Told => ({
  at: { wallMs, bootMs: wallMs, bootId: 'boot-1' },
  body,
  ...(incident !== undefined && { incident }),
})
const shadow = { gate: 'shadow', answer: 'deny', reason: 'shadow' } as const
const ONLY_SHADOW: Verdict = { answer: 'deny', answers: [shadow] }
const opened = (at: number, incident: string): Told =>
  told(at, { kind: 'incident-opened', owner: WEB, severity: 'high', findings: [finding] }, incident)
const would = (at: number, incident: string): Told =>
  told(at, { kind: 'would-run', plan, verdict: ONLY_SHADOW }, incident)
const closed = (at: number, incident: string): Told =>
  told(at, { kind: 'incident-closed', endedBy: 'itself' }, incident)

test('what would have been done is told once an incident, with how long it went on without', () => {
  const { wouldHave, pairs } = reportOf(
    [opened(2000, 'inc-1'), would(3000, 'inc-1'), would(4000, 'inc-1'), closed(43_000, 'inc-1')],
    DAY,
  )
  expect(wouldHave).toMatchObject([
    { incident: 'inc-1', remedy: 'restart-instance', how: 'run', ended: { by: 'itself', afterMs: 40_000 }, others: [] },
  ])
  expect(pairs).toMatchObject([{ times: 1, endedAlone: 1, othersActed: 0, open: 0, medianLaterMs: 40_000 }])
})

test('what somebody else did meanwhile is no ending alone', () => {
  const restart = { at: 33_000, what: 'restart', target: WEB_1, text: 'web-1 was started' } as const
  const charted = told(43_000, { kind: 'charted', charts: [], changes: [], meanwhile: [restart] }, 'inc-1')
  const held = told(5000, { kind: 'held', target: WEB, forMs: 60_000, reason: 'I look', by: 'ada' })
  const { wouldHave, pairs } = reportOf(
    [opened(2000, 'inc-1'), would(3000, 'inc-1'), held, charted, closed(43_000, 'inc-1')],
    DAY,
  )
  expect(wouldHave[0]?.others).toEqual([`ada held ${WEB}: I look, 2s later`, 'web-1 was started, 30s later'])
  expect(pairs).toMatchObject([{ times: 1, endedAlone: 0, othersActed: 1 }])
})

test('what ended after the day is told with its end, what was opened before it with what would have been done in it', () => {
  const { incidents, wouldHave } = reportOf([opened(500, 'inc-1'), would(3000, 'inc-1'), closed(200_000, 'inc-1')], DAY)
  expect(incidents.opened).toBe(0)
  expect(wouldHave[0]?.ended).toEqual({ by: 'itself', afterMs: 197_000 })
  expect(reportOf([opened(500, 'inc-1'), would(600, 'inc-1')], DAY).wouldHave).toEqual([])
})

test('shadow keeps everything back, and is not counted among the gates that do', () => {
  const cooldown = { gate: 'cooldown', answer: 'hold', reason: 'too soon' } as const
  const notRun = told(
    4000,
    { kind: 'not-run', plan, verdict: { answer: 'deny', answers: [shadow, cooldown] } },
    'inc-1',
  )
  const { kept, wouldHave } = reportOf([opened(2000, 'inc-1'), notRun, notRun], DAY)
  expect(kept).toEqual([{ gate: 'cooldown', answer: 'hold', incidents: 1 }])
  expect(wouldHave).toEqual([])
})

test('what would have been proposed counts as such, and what people call wrong is said', () => {
  const wants = { gate: 'autonomy', answer: 'hold', reason: 'approve', approvable: true } as const
  const notRun: EntryBody = { kind: 'not-run', plan, verdict: { answer: 'deny', answers: [shadow, wants] } }
  const wrong: EntryBody = { kind: 'marked-wrong', subject: 'inc-1', by: 'ada', reason: 'a test' }
  const report = reportOf([opened(2000, 'inc-1'), told(3000, notRun, 'inc-1'), told(4000, wrong, 'inc-1')], DAY)
  expect(report.wouldHave).toMatchObject([{ how: 'propose', wrong: true }])
  expect(report.wrong).toEqual([{ subject: 'inc-1', by: 'ada', reason: 'a test' }])
})

test('an alert counts once, by what became of it last', () => {
  const unmapped = { kind: 'unmapped', reason: 'no rule matches' } as const
  const mapped = { kind: 'mapped', target: WEB, rule: 0 } as const
  const received = (at: number, ...aims: ReadonlyArray<readonly [string, typeof unmapped | typeof mapped]>): Told =>
    told(at, {
      kind: 'alerts-received',
      alerts: aims.map(([fingerprint, aim]) => alertOn(WEB, { fingerprint, labels: { alertname: 'Slow' }, aim })),
    })
  const { alerts } = reportOf(
    [received(2000, ['a', unmapped], ['b', unmapped]), received(3000, ['a', mapped], ['c', unmapped])],
    DAY,
  )
  expect(alerts).toEqual({
    received: 3,
    mapped: 1,
    unmapped: [{ alertname: 'Slow', reason: 'no rule matches', count: 2 }],
  })
})
