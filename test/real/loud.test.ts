import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { siblingEntry } from '../../src/lib/entry.ts'
import { bodyOfV1 } from '../fixtures/remote-write.ts'
import { packSnappy } from '../fixtures/snappy.ts'
import { shimFolder, untilState, type ShimFolder } from '../shims.ts'
import { startKintsugi, type StartedKintsugi } from './kintsugi.ts'
import { untilSo } from './servers.ts'

// A real Kintsugi whose senders send a series that no policy reads, which then goes elsewhere.

const MAIN = fileURLToPath(siblingEntry(import.meta.url, '../../src/main'))

let dir: string
let shims: ShimFolder
let kintsugi: StartedKintsugi | undefined
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'real-loud-'))
  shims = shimFolder()
  const instance = await shims.manifest('web-1')
  await shims.start(instance)
  await untilState(instance, ({ ready }) => ready)
})
afterEach(async () => {
  await kintsugi?.stop()
  await shims.close()
  rmSync(dir, { recursive: true })
})

test(
  'a series that looks odd is listed, on its target, and nothing is done about it',
  { timeout: 120_000 },
  async () => {
    kintsugi = await startKintsugi(dir, {
      connectors: { lab: { type: 'process', dir: shims.dir } },
      probes: [{ name: 'port', target: 'lab:shop/instance/*', tcp: {} }],
      receive: { targets: [{ match: { pod: 'web-.' }, target: 'lab:shop/instance/{pod}' }] },
    })
    const { api, url } = kintsugi
    expect(await api.loud({})).toEqual([])

    const from = Date.now() - 200_000
    const samples = Array.from({ length: 200 }, (_, i) => {
      const calm = 100 + 5 * Math.sin(i * i)
      return [from + 1000 * i, i < 195 ? calm : 900] as const
    })
    const series = { labels: { __name__: 'queue_length', pod: 'web-1' }, samples }
    const body = new Uint8Array(packSnappy(bodyOfV1([series])))
    expect((await fetch(`${url}/api/v1/write`, { method: 'POST', body })).status).toBe(204)

    await untilSo(async () => (await api.loud({})).length > 0, 'it is listed')
    expect(await api.loud({})).toMatchObject([
      { metric: 'queue_length', labels: { pod: 'web-1' }, target: 'lab:shop/instance/web-1', value: 900 },
    ])
    const file = join(dir, 'kintsugi.yaml')
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'get', 'loud', '-c', file])
    expect(stdout).toContain('queue_length{pod="web-1"}  lab:shop/instance/web-1  ')
    expect(stdout).toContain('900  gauge: moves around 100, mostly between')
    expect((await api.incidents({ state: 'all', limit: 1 })).items).toEqual([])
  },
)
