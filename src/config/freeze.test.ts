import { expect, test } from 'vitest'
import { POLICY, problems, withLab } from '../../test/fixtures/bad-files.ts'
import type { FreezeWindow } from '../domain/freeze-window.ts'
import { loadConfig } from './load.ts'

const load = (...lines: string[]): readonly FreezeWindow[] =>
  loadConfig(withLab(...lines), { file: 'kintsugi.yaml', env: {}, readFile: () => '' }).freezeWindows

test('a window by cron and one between two dates, with their targets and who may act', () => {
  const cron = 'name: weekend, start: "0 18 * * 5", lasts: 62h, timeZone: Europe/Berlin, reason: away, allow: [p, t]'
  const dates = 'name: end, from: 2026-12-20T00:00+01:00, until: 2027-01-04T00:00:00Z, reason: r, targets: [service/a]'
  const task = 'name: t, schedule: daily 03:00, target: "lab:**", ladder: [page]'
  const [weekend, end] = load(
    `policies: [{ ${POLICY} }]`,
    `maintenance: [{ ${task} }]`,
    `freeze: [{ ${cron} }, { ${dates} }]`,
  )
  const every = { cron: '0 18 * * 5', timeZone: 'Europe/Berlin' }
  expect(weekend).toEqual({ name: 'weekend', reason: 'away', when: { every, lastsMs: 223_200_000 }, allow: ['p', 't'] })
  const when = { since: Date.parse('2026-12-19T23:00Z'), until: Date.parse('2027-01-04T00:00Z') }
  expect(end).toEqual({ name: 'end', reason: 'r', when, targets: ['lab:default/service/a'], allow: [] })
})

test('a zone that is not given is UTC, and no windows are none', () => {
  const [window] = load('freeze: [{ name: w, reason: r, start: weekly fri 18:00, lasts: 1h }]')
  expect(window?.when).toMatchObject({ every: { cron: '0 18 * * 5', timeZone: 'UTC' } })
  expect(load()).toEqual([])
})

test.each(['0 18 * *', '0 25 * * *', '0 0 31 2 *', 'weekly noday 18:00'])('"%s" is no start', (start) => {
  const text = withLab('freeze:', '  - name: w', '    reason: r', '    lasts: 1h', `    start: "${start}"`)
  expect(problems(text)).toEqual([expect.stringMatching(/^kintsugi\.yaml:7:12: freeze\[0\]\.start: cannot read /)])
})

test('a name stands once', () => {
  const window = '{ name: w, reason: r, start: daily 18:00, lasts: 1h }'
  expect(problems(withLab(`freeze: [${window}, ${window}]`))).toEqual([expect.stringContaining('"w" stands twice')])
})
