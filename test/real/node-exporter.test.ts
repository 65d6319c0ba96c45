import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Finding } from '../../src/domain/finding.ts'
import { installed } from '../installed.ts'
import { freePort, shimFolder, untilState, type ShimFolder } from '../shims.ts'
import { recordedBy, startKintsugi } from './kintsugi.ts'
import { startProgram, untilSo, type Started } from './servers.ts'

// The exporter that most machines have, scraped by a real Kintsugi.

const PROGRAM = 'prometheus-node-exporter'
const TARGET = 'lab:shop/instance/web-1'
const isThere = installed(PROGRAM, 'scraping it; run scripts/install-test-servers.sh')

test.runIf(process.env['CI'] === 'true')(`in CI, ${PROGRAM} is installed`, () => {
  expect(isThere).toBe(true)
})

let dir: string
let texts: string
let shims: ShimFolder
const started: Started[] = []
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'real-node-'))
  texts = join(dir, 'texts')
  mkdirSync(texts)
  shims = shimFolder()
  const instance = await shims.manifest('web-1')
  await shims.start(instance)
  await untilState(instance, ({ ready }) => ready)
})
afterEach(async () => {
  for (const one of started.splice(0).toReversed()) await one.stop()
  await shims.close()
  rmSync(dir, { recursive: true })
})

const begun = async <T extends Started>(starting: Promise<T>): Promise<T> => {
  const one = await starting
  started.push(one)
  return one
}

async function startNodeExporter(): Promise<Started> {
  const address = `127.0.0.1:${await freePort()}`
  const url = `http://${address}/metrics`
  const args = [
    `--web.listen-address=${address}`,
    // There is no D-Bus to ask.
    '--no-collector.systemd',
    `--collector.textfile.directory=${texts}`,
  ]
  return begun(startProgram([PROGRAM, ...args], { log: join(dir, 'exporter.log'), ready: url, url }))
}

/** A job of the machine says how it went, as the exporter's manual wants it: whole or not at all. */
function tell(failed: 0 | 1): void {
  writeFileSync(join(texts, 'backup'), `backup_failed{job="nightly"} ${failed}\n`)
  renameSync(join(texts, 'backup'), join(texts, 'backup.prom'))
}

test.runIf(isThere)(
  'what a node exporter tells is judged: its own metrics by the shipped alias, and what a job of the machine left there',
  { timeout: 120_000 },
  async () => {
    tell(0)
    const exporter = await startNodeExporter()
    const { api } = await begun(
      startKintsugi(dir, {
        connectors: { lab: { type: 'process', dir: shims.dir } },
        probes: [{ name: 'port', target: 'lab:shop/instance/*', tcp: {} }],
        scrape: [{ name: 'node', target: TARGET, url: exporter.url }],
        policies: [
          {
            name: 'backup',
            condition: 'backup_failed == 1 and memory_usage > 0 and memory_usage < 100 for 2 samples',
            target: TARGET,
            ladder: ['page'],
          },
        ],
      }),
    )
    const isFresh = async (): Promise<boolean> =>
      (await api.status({})).sources.some(({ name, fresh }) => name === 'node' && fresh)
    await untilSo(isFresh, 'it is scraped')

    const toldAt = Date.now()
    tell(1)
    const found = async (): Promise<readonly Finding[]> =>
      (await recordedBy(api)).flatMap((body) => (body.kind === 'incident-opened' ? body.findings : []))
    await untilSo(async () => (await found()).length > 0, 'an incident is open')
    const [finding] = await found()
    expect(finding).toMatchObject({ policy: 'backup', target: TARGET, state: 'violated' })
    expect(finding?.since).toBeGreaterThanOrEqual(toldAt)
    expect(finding?.evidence.map(({ signal }) => signal)).toEqual(['backup_failed', 'memory_usage', 'memory_usage'])
  },
)
