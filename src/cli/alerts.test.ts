import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alertOn } from '../../test/fixtures/alerts.ts'
import { ran, type Ran } from '../../test/fixtures/cli.ts'
import { listeningOperator } from '../../test/fixtures/operator.ts'
import { quickRecord } from '../../test/fixtures/record.ts'
import { PLAN } from '../../test/gate-world.ts'
import { socketPathIn } from '../api/socket.ts'
import { startApi } from '../api/start.ts'
import type { KnownAlert } from '../domain/alert.ts'
import type { AlertPlan, AlertView, Operator } from '../domain/operator.ts'
import { silentLog } from '../lib/log.ts'
import { EXIT } from './exit.ts'

const WEB_1 = 'lab:shop/instance/web-1'
/** What a terminal would obey: a colour, a title, a bell, and a line that turns around. */
const NASTY = 'a\u001b[31mb\u001b]0;owned\u0007c\u202ed'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'cli-alerts-'))))
afterEach(() => rmSync(folder, { recursive: true }))

async function asked(argv: readonly string[], operator: Partial<Operator>): Promise<Ran> {
  const record = await quickRecord(folder)
  const ports = { operator: listeningOperator(operator), reader: record, metrics: async () => '' }
  const api = await startApi({ ...ports, socketPath: socketPathIn(folder), log: silentLog })
  try {
    return await ran([...argv, '--data', folder])
  } finally {
    await api.close()
    await record.close()
  }
}

const unmapped: KnownAlert = alertOn(WEB_1, {
  fingerprint: 'f2',
  labels: { alertname: NASTY },
  aim: { kind: 'unmapped', reason: `its label 'pod' is no plain name: ${NASTY}` },
})
const views: AlertView[] = [
  { ...alertOn(WEB_1), policies: ['web-errors'] },
  { ...alertOn(WEB_1, { fingerprint: 'f3', endsAt: 1 }), policies: [] },
  { ...unmapped, policies: [] },
]

describe('get', () => {
  test('alerts lists each with its target and its policies', async () => {
    const { exit, out } = await asked(['get', 'alerts'], { alerts: () => views })
    expect(exit).toBe(EXIT.ok)
    expect(out).toMatch(/HighErrors +critical +firing +\S+ +lab:shop\/instance\/web-1 +web-errors\n/)
    expect(out).toMatch(/HighErrors +critical +silent +\S+ +lab:shop\/instance\/web-1 +none\n/)
  })

  test('unmapped lists what nothing will be done about, and why', async () => {
    const { out } = await asked(['get', 'unmapped'], { alerts: () => views })
    expect(out).not.toContain('web-errors')
    expect(out).toContain(`no policy covers it: it is about ${WEB_1}`)
    expect(out).toContain("its label 'pod' is no plain name")
  })

  test.each([[[]], [['-o', 'json']]])('shows text from outside as text %s', async (more) => {
    const { out } = await asked(['get', 'unmapped', ...more], { alerts: () => views })
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(out).toContain(String.raw`\u001b[31mb`)
  })
})

describe('plan --alert', () => {
  const file = (body: unknown): string => {
    const path = join(folder, 'alert.json')
    writeFileSync(path, typeof body === 'string' ? body : JSON.stringify(body))
    return path
  }
  const posted = [{ labels: { alertname: 'HighErrors', pod: 'web-1' }, startsAt: '2026-11-21T08:56:27Z' }]
  const planned: AlertPlan = {
    alert: alertOn(WEB_1),
    policies: ['web-errors'],
    findings: [],
    choice: {
      kind: 'plan',
      plan: { ...PLAN, rejected: [{ remedy: 'page', reason: 'heavier than restart-instance' }] },
    },
    verdict: {
      answer: 'hold',
      answers: [
        { gate: 'lock', answer: 'allow', reason: 'nobody else is there' },
        { gate: 'cooldown', answer: 'hold', reason: 'too soon' },
      ],
    },
  }

  test('tells target, plan, what was rejected and every gate, and ends with what stands in the way', async () => {
    const heard: unknown[] = []
    const preview: Operator['preview'] = async (alerts) => {
      heard.push(...alerts.map(({ labels, status }) => ({ labels, status })))
      return [planned]
    }
    const { exit, out } = await asked(['plan', '--alert', file(posted)], { preview })
    expect(heard).toEqual([{ labels: posted[0]?.labels, status: 'firing' }])
    expect(exit).toBe(EXIT.held)
    for (const said of [
      `${WEB_1}, by alertTargets[0]`,
      'restart-instance on lab:shop/instance/web-1',
      'not page: heavier than restart-instance',
      'ALLOW   lock',
      'HOLD    cooldown',
      'Nothing was done, and nothing was recorded.',
    ]) {
      expect(out).toContain(said)
    }
  })

  test('tells why there is no target, with labels of any length as text', async () => {
    const alert = { ...unmapped, labels: { alertname: NASTY, pod: 'x'.repeat(4000) } }
    const plan: AlertPlan = { alert, policies: [], findings: [], choice: { kind: 'none', reason: 'no target' } }
    const { exit, out } = await asked(['plan', '--alert', file({ alerts: [] })], { preview: async () => [plan] })
    expect(exit).toBe(EXIT.denied)
    expect(out).toContain('none: its label')
    expect(out.length).toBeLessThan(1500)
    expect(out).not.toContain('\u001b')
  })

  test('tells which alerts of the file cannot be read, and takes the others', async () => {
    const { exit, out } = await asked(['plan', '--alert', file([...posted, { labels: 3 }])], {
      preview: async () => [planned],
    })
    expect(out).toContain('alert 1 is not taken: its labels are not an object')
    expect(out).toContain('cooldown')
    expect(exit).toBe(EXIT.held)
  })

  test.each([
    ['no file', undefined, /cannot read alerts from .*no such file/],
    ['no JSON', '{', /cannot read alerts from .*JSON/],
    ['no alerts', { a: 1 }, /cannot read the webhook/],
    ['too many', Array.from({ length: 101 }, () => posted[0]), /cannot plan for 101 alerts at once: at most 100/],
  ])('refuses %s', async (_, body, message) => {
    const path = body === undefined ? join(folder, 'none.json') : file(body)
    const { exit, err } = await asked(['plan', '--alert', path], {})
    expect(exit).toBe(EXIT.usage)
    expect(err).toMatch(message)
  })

  test('says so when no owner runs', async () => {
    const { exit, err } = await ran(['plan', '--alert', file(posted), '--data', folder])
    expect(exit).toBe(EXIT.error)
    expect(err).toContain('no Kintsugi runs on this data folder; start one with: kintsugi serve')
  })
})
