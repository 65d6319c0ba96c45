import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ReplayReport } from '../../src/engine/replay/report.ts'
import { siblingEntry } from '../../src/lib/entry.ts'
import { missingServers, startExporter, startPrometheus, untilSo, type Started } from './servers.ts'

// A real Prometheus has seen an instance fail and come back by itself, and has fired an alert on it. Nobody was there;
// a replay says what Kintsugi would have done.

const MAIN = fileURLToPath(siblingEntry(import.meta.url, '../../src/main'))
const missing = missingServers()
if (missing.length > 0) {
  console.warn(
    `\n!!! SKIPPED test/real/replay.test.ts: ${missing.join(', ')} are not installed; run scripts/install-test-servers.sh\n`,
  )
}

const POLICY = {
  target: 'lab:shop/instance/web-1',
  ladder: ['restart-instance', 'page'],
  autonomy: 'auto',
  allowIrreversible: ['restart-instance'],
}
const RULE = { alert: 'HighErrors', expr: 'app_error_ratio > 0.1', for: '1s', labels: { severity: 'critical' } }

describe.skipIf(missing.length > 0)('a replay of a real Prometheus', { timeout: 90_000 }, () => {
  let dir: string
  const started: Started[] = []
  let errors = 0
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'replay-'))
  })
  afterEach(async () => {
    for (const one of started.splice(0).toReversed()) await one.stop()
    rmSync(dir, { recursive: true })
  })
  const begun = async (start: Promise<Started>): Promise<Started> => {
    const one = await start
    started.push(one)
    return one
  }

  /** Lets the Prometheus see trouble come and go. */
  async function seenTrouble(): Promise<{ readonly prometheus: Started; readonly from: number }> {
    const exporter = await begun(
      startExporter(
        async () => `app_error_ratio{pod="web-1"} ${errors}\napp_up{pod="web-1"} 1\napp_up{pod="web-2"} 1\n`,
      ),
    )
    const prometheus = await begun(startPrometheus(dir, { exporter: exporter.url, rule: RULE, alertmanagers: [] }))
    const ask = async (query: string): Promise<unknown[]> => {
      const url = `${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`
      return ((await (await fetch(url)).json()) as { data: { result: unknown[] } }).data.result
    }
    const sees = (query: string): Promise<void> =>
      untilSo(async () => (await ask(query)).length > 0, `the Prometheus sees ${query}`)
    await sees('count_over_time(app_up{pod="web-1"}[10s]) >= 4')
    const from = Date.now() - 3000
    errors = 0.4
    await sees('ALERTS{alertstate="firing"}')
    await sees('count_over_time(ALERTS{alertstate="firing"}[20s]) >= 5')
    errors = 0
    await sees('absent(ALERTS)')
    await sees('min_over_time(app_up{pod="web-1"}[4s]) == 1 unless max_over_time(app_error_ratio[4s]) > 0')
    return { prometheus, from }
  }

  /** Runs the command as people do. */
  async function replayed(url: string, ...argv: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const file = join(dir, 'kintsugi.yaml')
    const config = {
      version: 1,
      profile: 'lab',
      connectors: { lab: { type: 'process', dir: join(dir, 'none') } },
      sources: {
        prometheus: {
          url,
          step: '1s',
          queries: [
            { name: 'errors', expr: 'app_error_ratio', target: 'lab:{namespace}/instance/{pod}' },
            { name: 'up', expr: 'app_up', target: 'lab:{namespace}/instance/{pod}' },
          ],
        },
      },
      alertTargets: [{ match: { alertname: 'High.*' }, target: 'lab:{namespace}/instance/{pod}' }],
      limits: { minHealthy: 0 },
      policies: [
        { name: 'errors', condition: 'errors > 0.1 for 2s', ...POLICY },
        { name: 'told', condition: 'alert{alertname="HighErrors"}', ...POLICY },
        { name: 'disk', condition: 'disk_free < 5', ...POLICY },
      ],
    }
    writeFileSync(file, JSON.stringify(config))
    // Labels say which instance, and not what it is an instance of.
    const targets = join(dir, 'targets.yaml')
    const part = (name: string): object => ({ ref: `lab:shop/instance/${name}`, partOf: 'lab:shop/service/web' })
    writeFileSync(targets, JSON.stringify({ targets: [{ ref: 'lab:shop/service/web' }, part('web-1'), part('web-2')] }))
    const command = [MAIN, 'replay', '-c', file, '--targets', targets, ...argv]
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    return { code: child.exitCode, out, err }
  }

  test('says what would have been done, by the numbers and by the alerts, and that it ended alone', async () => {
    const { prometheus, from } = await seenTrouble()
    const range = ['--from', `${from}`, '--to', 'now']
    const { code, out, err } = await replayed(prometheus.url, ...range, '-o', 'json')
    expect([code, err]).toEqual([0, ''])
    const report = JSON.parse(out) as ReplayReport
    expect(report.effects.simulated).toBe(false)
    expect(report.notJudged).toMatchObject([{ policy: 'disk', reason: expect.stringContaining('disk_free') }])
    expect(report.counts).toMatchObject({ incidents: 1, wouldAct: 1, endedAlone: 1, actedAndEndedAlone: 1 })
    expect(report.seen.alerts).toMatchObject({ fired: 1, mapped: 1, unmapped: {} })
    const [incident] = report.incidents
    expect(incident?.policies.toSorted()).toEqual(['errors', 'told'])
    expect(incident?.deeds[0]).toMatchObject({ what: 'act', remedy: 'restart-instance', target: POLICY.target })
    expect(incident?.aheadMs).toBeGreaterThan(2000)

    const words = (await replayed(prometheus.url, ...range)).out
    expect(words).toContain('Effects are not simulated')
    expect(words).toMatch(/ended alone after .*: Kintsugi would have acted .* before that/)
  })

  test('that answers with errors in the middle goes on, and says what is missing', async () => {
    const { prometheus, from } = await seenTrouble()
    // Between them: a proxy that lets the alerts through and nothing else, and fails once on those.
    let failures = 1
    const proxy = createServer((request, response) => {
      const query = new URL(request.url ?? '', prometheus.url).searchParams.get('query') ?? ''
      if (!query.startsWith('ALERTS') || failures-- > 0) return void response.writeHead(503).end('no')
      fetch(`${prometheus.url}${request.url}`)
        .then(async (answer) => response.end(await answer.text()))
        .catch(() => response.writeHead(502).end())
    })
    await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
      const { code, out } = await replayed(prometheus.url, '--source', url, '--from', `${from}`, '-o', 'json')
      expect(code).toBe(0)
      const { seen, counts } = JSON.parse(out) as ReplayReport
      expect(seen.missing.map(({ what }) => what).toSorted()).toEqual(['errors', 'up'])
      expect(seen.missing[0]?.why).toContain('503')
      expect(seen.alerts.fired).toBe(1)
      expect(counts.incidents).toBeGreaterThan(0)
    } finally {
      proxy.close()
      proxy.closeAllConnections()
    }
  })
})
