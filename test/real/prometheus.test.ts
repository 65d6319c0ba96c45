import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callOwner } from '../../src/api/client.ts'
import type { Api } from '../../src/api/contract.ts'
import { socketPathIn } from '../../src/api/socket.ts'
import type { Manifest } from '../../src/connectors/process/shim/schema.ts'
import type { EntryBody } from '../../src/domain/entry.ts'
import { siblingEntry } from '../../src/lib/entry.ts'
import { freePort, pidOf, shimFolder, stateOf, untilState, type ShimFolder } from '../shims.ts'
import {
  deliveredBy,
  missingServers,
  startAlertmanager,
  startExporter,
  startProgram,
  startPrometheus,
  untilSo,
  type Started,
} from './servers.ts'

// A real Prometheus, real Alertmanagers, a real Kintsugi, and an instance under a real shim: the instance serves errors
// until it is restarted, a rule fires on them, and Kintsugi is told.

const MAIN = fileURLToPath(siblingEntry(import.meta.url, '../../src/main'))
const missing = missingServers()
if (missing.length > 0) {
  console.warn(
    `\n!!! SKIPPED test/real/prometheus.test.ts: ${missing.join(', ')} are not installed; run scripts/install-test-servers.sh\n`,
  )
}

test.runIf(process.env['CI'] === 'true')('in CI, the servers of these tests are installed', () => {
  expect(missing).toEqual([])
})

describe.skipIf(missing.length > 0)('a real Prometheus', { timeout: 120_000 }, () => {
  let dir: string
  let shims: ShimFolder
  let instance: Manifest
  let sick: string
  let exporter: Started
  const started: Started[] = []

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'real-'))
    shims = shimFolder()
    instance = await shims.manifest('web-1')
    await shims.start(instance)
    const other = await shims.manifest('web-2')
    await shims.start(other)
    await untilState(other, ({ ready }) => ready)
    sick = (await untilState(instance, ({ ready }) => ready)).identity
    exporter = await startExporter(async () => {
      const { identity, running } = await stateOf(instance)
      const values = { app_error_ratio: identity === sick ? 0.42 : 0, app_running: Number(running) }
      return Object.entries(values)
        .map(([name, value]) => `# TYPE ${name} gauge\n${name}{pod="web-1"} ${value}\n`)
        .join('')
    })
    started.push(exporter)
  })
  afterEach(async () => {
    for (const one of started.splice(0).toReversed()) await one.stop()
    await shims.close()
    rmSync(dir, { recursive: true })
  })

  const begun = async (start: Promise<Started>): Promise<Started> => {
    const one = await start
    started.push(one)
    return one
  }

  /** A Kintsugi with one policy, and with a Prometheus and an Alertmanager to ask where one is named. */
  async function kintsugi(
    condition: object | string,
    port: number,
    prometheus?: string,
    alertmanager?: string,
  ): Promise<Api> {
    const file = join(dir, 'kintsugi.yaml')
    const target = 'lab:shop/instance/web-1'
    const config = {
      version: 1,
      mode: 'live',
      profile: 'lab',
      data: 'data',
      listen: `127.0.0.1:${port}`,
      connectors: { lab: { type: 'process', dir: shims.dir } },
      probes: [{ name: 'port', target: 'lab:shop/instance/*', tcp: {} }],
      sources: {
        ...(prometheus !== undefined && { prometheus: { url: prometheus, step: '1s' } }),
        ...(alertmanager !== undefined && { alertmanager: { url: alertmanager, interval: '1s' } }),
      },
      alertTargets: [{ match: { alertname: 'High.*', pod: '.+' }, target: 'lab:{namespace}/instance/{pod}' }],
      receive: { targets: [{ match: { pod: '.+' }, target: 'lab:{namespace}/instance/{pod}' }] },
      policies: [
        {
          name: 'errors',
          condition,
          target,
          ladder: ['restart-instance', 'page'],
          autonomy: 'auto',
          allowIrreversible: ['restart-instance'],
          verify: { healthyFor: '2s', within: '40s' },
        },
      ],
    }
    writeFileSync(file, JSON.stringify(config))
    const url = `http://127.0.0.1:${port}`
    const command = [process.execPath, MAIN, 'serve', '-c', file] as const
    await begun(startProgram([...command], { log: join(dir, 'kintsugi.log'), ready: `${url}/readyz`, url }))
    return callOwner(socketPathIn(join(dir, 'data')))
  }

  /** Waits until the incident is over, and then for what may still come; answers what was recorded. */
  async function untilOver(api: Api): Promise<EntryBody[]> {
    const bodies = async (): Promise<EntryBody[]> =>
      (await api.record({ limit: 1000, order: 'oldest' })).items.flatMap(({ body }) => body ?? [])
    await untilSo(async () => (await bodies()).some(({ kind }) => kind === 'incident-closed'), 'the incident is closed')
    return bodies()
  }

  const RULE = {
    alert: 'HighErrors',
    expr: 'app_error_ratio > 0.1',
    labels: { severity: 'critical' },
    annotations: { summary: 'errors on {{ $labels.pod }}' },
  }
  const ALERT = { alert: { alertname: 'HighErrors' } }

  async function expectHealedOnce(bodies: readonly EntryBody[]): Promise<void> {
    const opened = bodies.filter((body) => body.kind === 'incident-opened')
    expect(opened.map(({ findings }) => findings.map(({ target }) => target))).toEqual([['lab:shop/instance/web-1']])
    expect(bodies.filter(({ kind }) => kind === 'run-started')).toHaveLength(1)
    expect(bodies.flatMap((body) => (body.kind === 'run-ended' ? [body.outcome] : []))).toEqual(['healed'])
    expect(bodies.flatMap((body) => (body.kind === 'incident-closed' ? [body.endedBy] : []))).toEqual(['kintsugi'])
    expect((await stateOf(instance)).identity).not.toBe(sick)
  }

  test.each([
    ['an Alertmanager', 1],
    ['a pair of Alertmanagers that both deliver', 2],
  ])('fires through %s: one incident, one run', async (_, count) => {
    const port = await freePort()
    const webhook = `http://127.0.0.1:${port}/webhooks/alertmanager`
    const starting = kintsugi(ALERT, port)
    const alertmanagers = await Promise.all(Array.from({ length: count }, () => begun(startAlertmanager(dir, webhook))))
    const rule = { exporter: exporter.url, rule: RULE, alertmanagers: alertmanagers.map(({ url }) => url) }
    const [api] = await Promise.all([starting, begun(startPrometheus(dir, rule))])
    await untilOver(api)
    // Each has said that it fires, and that it is over.
    await untilSo(
      async () => (await Promise.all(alertmanagers.map(deliveredBy))).every((delivered) => delivered >= 2),
      'every Alertmanager has delivered',
    )
    await expectHealedOnce(await untilOver(api))
    expect((await api.alerts({ limit: 10, only: 'all' })).items).toMatchObject([
      { status: 'resolved', aim: { target: 'lab:shop/instance/web-1' }, policies: ['errors'] },
    ])
  })

  test('points at Kintsugi as at an Alertmanager: one incident, one run', async () => {
    const port = await freePort()
    const rule = { exporter: exporter.url, rule: RULE, alertmanagers: [`http://127.0.0.1:${port}`] }
    const [api] = await Promise.all([kintsugi(ALERT, port), begun(startPrometheus(dir, rule))])
    await expectHealedOnce(await untilOver(api))
  })

  test('what somebody has silenced in an Alertmanager is left alone until the silence is expired', async () => {
    const port = await freePort()
    const { url } = await begun(startAlertmanager(dir, `http://127.0.0.1:${port}/webhooks/alertmanager`))
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString()
    const matchers = [{ name: 'pod', value: 'web-(1|9)', isRegex: true, isEqual: true }]
    const silence = { matchers, startsAt: at(0), endsAt: at(600_000), createdBy: 'bob', comment: 'moving the rack' }
    const made = await fetch(`${url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(silence),
    })
    const { silenceID } = (await made.json()) as { readonly silenceID: string }
    const rule = { exporter: exporter.url, rule: RULE, alertmanagers: [`http://127.0.0.1:${port}`] }
    const [api] = await Promise.all([kintsugi(ALERT, port, undefined, url), begun(startPrometheus(dir, rule))])
    const held = async (): Promise<readonly string[]> =>
      (await api.incidents({ state: 'open', limit: 1 })).items.flatMap(({ waitingFor }) => waitingFor)
    await untilSo(async () => (await held()).some((why) => why.includes('moving the rack')), 'the silence holds')
    expect((await held()).join()).toMatch(/^hands-off: silenced by bob on lab:shop\/instance\/web-1 since/)
    expect(await api.pauses({})).toMatchObject([{ kind: 'silence', who: 'bob', about: 'lab:shop/instance/web-1' }])
    expect((await api.status({})).sources).toContainEqual(
      expect.objectContaining({ name: 'alertmanager', fresh: true }),
    )
    expect((await stateOf(instance)).identity).toBe(sick)
    await fetch(`${url}/api/v2/silence/${silenceID}`, { method: 'DELETE' })
    await expectHealedOnce(await untilOver(api))
  })

  test('writes what it scrapes: one incident, one run', async () => {
    const port = await freePort()
    const remoteWrite = `http://127.0.0.1:${port}/api/v1/write`
    const starting = kintsugi('app_running < 1 for 2 samples', port)
    const writing = begun(startPrometheus(dir, { exporter: exporter.url, alertmanagers: [], remoteWrite }))
    const [api] = await Promise.all([starting, writing])
    const source = async (): Promise<unknown> =>
      (await api.status({})).sources.find(({ name }) => name === 'remote-write from 127.0.0.1')
    await untilSo(async () => (await source()) !== undefined, 'it writes')
    process.kill(-pidOf(sick), 'SIGKILL')
    await expectHealedOnce(await untilOver(api))
    expect(await source()).toMatchObject({ fresh: true })
  })

  test('is asked in PromQL: one incident, one run', async () => {
    const { url } = await begun(startPrometheus(dir, { exporter: exporter.url, rule: RULE, alertmanagers: [] }))
    const promql = 'min(app_running{namespace="shop", pod="web-1"}) < 1'
    const api = await kintsugi({ promql, for: '1s' }, await freePort(), url)
    process.kill(-pidOf(sick), 'SIGKILL')
    await expectHealedOnce(await untilOver(api))
  })
})
