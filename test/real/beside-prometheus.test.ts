import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { callOwner } from '../../src/api/client.ts'
import { socketPathIn } from '../../src/api/socket.ts'
import type { Manifest } from '../../src/connectors/process/shim/schema.ts'
import type { EntryBody } from '../../src/domain/entry.ts'
import { siblingEntry } from '../../src/lib/entry.ts'
import { freePort, shimFolder, stateOf, untilState, type ShimFolder } from '../shims.ts'
import { missingServers, startAlertmanager, startProgram, startPrometheus, untilSo, type Started } from './servers.ts'

// "Beside your Prometheus in ten minutes", as the README tells it: the same files, on ports of their own and in less time.

const ROOT = resolve(import.meta.dirname, '../..')
const EXAMPLE = join(ROOT, 'examples/beside-prometheus')
const MAIN = fileURLToPath(siblingEntry(import.meta.url, '../../src/main'))
const missing = missingServers()
if (missing.length > 0) {
  console.warn(`\n!!! SKIPPED test/real/beside-prometheus.test.ts: ${missing.join(', ')} are not installed\n`)
}

const text = (file: string): string => readFileSync(file, 'utf8')
const replaced = (from: string, changes: Readonly<Record<string, string>>): string =>
  Object.entries(changes).reduce((whole, [old, fresh]) => {
    expect(whole).toContain(old)
    return whole.replaceAll(old, fresh)
  }, from)

describe.skipIf(missing.length > 0)('beside a Prometheus, in shadow', { timeout: 180_000 }, () => {
  let dir: string
  let shims: ShimFolder
  const started: Started[] = []

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'beside-'))
    shims = shimFolder()
  })
  afterEach(async () => {
    for (const one of started.splice(0).toReversed()) await one.stop()
    await shims.close()
    rmSync(dir, { recursive: true })
  })
  const begun = async (starting: Promise<Started>): Promise<Started> => {
    const one = await starting
    started.push(one)
    return one
  }

  async function startWeb(): Promise<Manifest> {
    const web = JSON.parse(text(join(EXAMPLE, 'web-1.json'))) as Manifest
    const address = `127.0.0.1:${await freePort()}`
    const command = [process.execPath, join(EXAMPLE, 'web.mjs'), address]
    const manifest = { ...web, command, address, dir: shims.dir }
    await shims.start(manifest)
    await untilState(manifest, ({ ready }) => ready)
    return manifest
  }

  /** The example's one rule, quick. */
  function quickRule(): object {
    const rules = replaced(text(join(EXAMPLE, 'rules.yaml')), { '[1m]': '[5s]', 'for: 15s': 'for: 1s' })
    const { groups } = parse(rules) as { groups: { rules: object[] }[] }
    return groups[0]!.rules[0]!
  }

  async function startKintsugi(port: number, prometheus: string): Promise<string> {
    const config = replaced(text(`${EXAMPLE}.yaml`), {
      '../.kintsugi/shims': shims.dir,
      '../.kintsugi': dir,
      '127.0.0.1:8420': `127.0.0.1:${port}`,
      'http://127.0.0.1:9090': prometheus,
      'step: 15s': 'step: 1s',
    })
    const file = join(dir, 'kintsugi.yaml')
    writeFileSync(file, config)
    const url = `http://127.0.0.1:${port}`
    const command = [process.execPath, MAIN, 'serve', '-c', file] as const
    await begun(startProgram([...command], { log: join(dir, 'kintsugi.log'), ready: `${url}/readyz`, url }))
    return join(dir, 'beside-prometheus')
  }

  test('a broken server is told of, its restart is planned, and nothing is written', async () => {
    const web = await startWeb()
    const { identity } = await stateOf(web)
    const port = await freePort()
    const tokenFile = join(dir, 'token-alertmanager')
    for (const file of [tokenFile, join(dir, 'token-me')]) writeFileSync(file, `${randomBytes(32).toString('hex')}\n`)
    const webhook = `http://127.0.0.1:${port}/webhooks/alertmanager`
    const alertmanager = await begun(startAlertmanager(dir, webhook, tokenFile))
    const prometheus = await begun(
      startPrometheus(dir, {
        exporter: `http://${web.address}`,
        rule: quickRule(),
        alertmanagers: [alertmanager.url],
        labels: { namespace: 'shop', service: 'web', name: 'web-1' },
      }),
    )
    const api = callOwner(socketPathIn(await startKintsugi(port, prometheus.url)))

    expect((await fetch(webhook, { method: 'POST', body: '{}' })).status).toBe(401)
    await fetch(`http://${web.address}/break`, { method: 'POST' })
    const bodies = async (): Promise<EntryBody[]> =>
      (await api.record({ limit: 1000, order: 'oldest' })).items.flatMap(({ body }) => body ?? [])
    // Shadow alone keeps it from running, or a person would have been asked as well.
    const planned = (body: EntryBody): boolean =>
      (body.kind === 'would-run' || body.kind === 'not-run') &&
      body.plan.remedy === 'restart-instance' &&
      body.verdict.answers.some(({ gate, answer }) => gate === 'shadow' && answer === 'deny')
    await untilSo(async () => (await bodies()).some(planned), 'the restart is planned, and shadow denies it')
    expect(await api.status({})).toMatchObject({ mode: 'shadow', canWrite: [] })
    expect((await api.alerts({ limit: 10, only: 'all' })).items).toMatchObject([
      { status: 'firing', aim: { target: 'host:shop/instance/web-1' }, policies: ['instance-alert'] },
    ])

    await fetch(`http://${web.address}/mend`, { method: 'POST' })
    const kinds = async (): Promise<string[]> => (await bodies()).map(({ kind }) => kind)
    await untilSo(async () => (await kinds()).includes('incident-closed'), 'the incident is closed')
    expect(await kinds()).not.toContain('run-started')
    expect((await stateOf(web)).identity).toBe(identity)
  })
})
