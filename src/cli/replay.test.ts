import { expect, test } from 'vitest'
import { ran } from '../../test/fixtures/cli.ts'
import { at as moment } from '../../test/fixtures/incidents.ts'
import { EFFECTS, type ReplayReport } from '../engine/replay/report.ts'
import type { ReplayAsked } from './deps.ts'
import { barText } from './progress.ts'
import { replayText } from './render-replay.ts'

const at = (second: number): string => new Date(Date.UTC(2026, 0, 31, 3, 0, second)).toISOString()
const deed = { policy: 'web-up', remedy: 'restart-instance', target: 'lab:shop/instance/web-1' as const }
const STORY: ReplayReport['incidents'][number] = {
  incident: 'inc-1',
  owner: 'lab:shop/service/web',
  severity: 'high',
  policies: ['web-up'],
  isBlind: false,
  openedAt: at(0),
  endedAt: at(50),
  ended: 'alone',
  lastedMs: 50_000,
  aheadMs: 40_000,
  deeds: [
    { at: at(5), what: 'held', ...deed, gates: [{ gate: 'cooldown', reason: 'it rests' }] },
    { at: at(10), what: 'act', ...deed, gates: [] },
  ],
  pages: [],
  acted: [],
}
const REPORT: ReplayReport = {
  from: at(0),
  to: at(59),
  stepMs: 1000,
  source: 'recording signals',
  policies: ['web-up'],
  notJudged: [{ policy: 'disk', reason: 'no query of sources.prometheus is named disk_free' }],
  notes: [],
  effects: { simulated: false, meaning: EFFECTS },
  counts: {
    incidents: 1,
    wouldAct: 1,
    wouldPropose: 0,
    held: 1,
    denied: 0,
    pages: 0,
    endedAlone: 1,
    actedAndEndedAlone: 1,
    afterEffect: 0,
    unseen: 0,
    open: 0,
    blind: 0,
  },
  gates: [{ gate: 'cooldown', incidents: 1, example: 'it rests' }],
  seen: {
    samples: 60,
    series: 1,
    targets: 2,
    alerts: { fired: 0, mapped: 0, unmapped: {} },
    missing: [{ from: at(20), to: at(30), what: 'probe', why: 'nothing came' }],
    moreMissing: 0,
  },
  turns: 60,
  incidents: [STORY],
}

test('the words say what would have been done, by whom it was held, how it ended, and what was not seen', () => {
  const text = replayText(REPORT, false)
  expect(text).toContain('+10s  would have acted: restart-instance on lab:shop/instance/web-1')
  expect(text).toContain('+5s  held: restart-instance on lab:shop/instance/web-1 (cooldown: it rests)')
  expect(text).toContain('ended alone after 50s: Kintsugi would have acted 40s before that')
  expect(text).toContain('Effects are not simulated')
  expect(text).toContain('probe: nothing came')
  expect(text).toContain('disk: no query of sources.prometheus is named disk_free')
})

test('many incidents are cut unless all are asked for', () => {
  const many = { ...REPORT, incidents: Array.from({ length: 80 }, () => STORY) }
  expect(replayText(many, false)).toContain('and 30 more')
  expect(replayText(many, true)).not.toContain('more:')
})

test('options are read into what is asked for, and times are seen from now', async () => {
  let asked: ReplayAsked | undefined
  const replay = async (one: ReplayAsked): Promise<ReplayReport> => {
    asked = one
    return REPORT
  }
  const argv = ['replay', '--from', '-1h', '--to', '1769828400', '--step', '30s', '--policy', 'p.yaml', '-o', 'json']
  const { exit, out } = await ran(argv, { replay })
  expect(exit).toBe(0)
  expect(JSON.parse(out)).toEqual(REPORT)
  expect(asked).toMatchObject({ toMs: 1_769_828_400_000, stepMs: 30_000, policyFile: 'p.yaml' })
  expect(asked?.fromMs).toBe(moment(10_000).wallMs - 3_600_000)
})

test.each([
  [['--from', '5x'], /cannot read --from "5x"/],
  [['--step', '0s'], /--step is at least/],
  [['--step', 'often'], /'often' is not a duration/],
])('%s is bad usage, and said', async (options, message) => {
  const { exit, err } = await ran(['replay', ...options])
  expect(exit).toBe(2)
  expect(err).toMatch(message)
})

test('progress is shown on a terminal with the time that is left, and wiped away', async () => {
  const shown: string[] = []
  const replay = async ({ onProgress }: ReplayAsked): Promise<ReplayReport> => {
    onProgress?.(0.25)
    return REPORT
  }
  await ran(['replay'], { replay, progress: (text) => void shown.push(text) })
  expect(shown.join('')).toMatch(/25 %/)
  expect(shown.at(-1)).toBe('\r\u001B[K')
  expect(barText(0.25, 60_000)).toContain('about 3m left')
})
