import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { startControlServer, type ControlServer } from '../../lab/control-server.ts'
import { faults } from '../../lab/faults/registry.ts'
import { configFileOf, dataDirOf, shopDirOf, writeConfig, type Ground } from '../../lab/kintsugi.ts'
import { startLoad, type Load } from '../../lab/load/load.ts'
import { CONTROL_OFFSET, HOST, KINTSUGI_OFFSET } from '../../lab/shop/layout.ts'
import { freeBasePort } from '../../lab/shop/ports.ts'
import { startShop, type Shop } from '../../lab/shop/shop.ts'
import { callOwner } from '../../src/api/client.ts'
import type { Api } from '../../src/api/contract.ts'
import { socketPathIn } from '../../src/api/socket.ts'
import { closers } from '../../src/lib/closers.ts'
import { siblingEntry } from '../../src/lib/entry.ts'
import { silentLog } from '../../src/lib/log.ts'
import { startProgram, untilSo, type StartedProgram } from '../real/servers.ts'
import { LIMITS, POLICIES } from './policies.ts'

/** A real shop under the lab's own faults, and a real Kintsugi that looks after it, all on loopback. */
export type Stage = {
  /** Where the console is. */
  readonly url: string
  readonly shop: Shop
  readonly lab: ControlServer
  /** Kintsugi over its socket: what is so, whatever the pages say. */
  readonly api: Api
  /** Ends Kintsugi as kill -9 does. */
  kill(): Promise<void>
  /** Starts it again, on the same record and the same port. */
  start(): Promise<void>
  /** Resolves once everything that was broken is mended, or at least over, and users are served. */
  calm(): Promise<void>
  close(): Promise<void>
}

const MAIN = fileURLToPath(siblingEntry(import.meta.url, '../../src/main'))
/** Enough that an error rate means something, and no more than two processors bear beside a browser. */
const USERS_PER_SECOND = 60

/** @param settings sections of `kintsugi.yaml` in place of the lab's, such as `access` */
export async function openStage(settings: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
  const open = closers()
  const dir = mkdtempSync(join(tmpdir(), 'e2e-'))
  open.add(() => rmSync(dir, { recursive: true, force: true }))
  const ground: Ground = { dir, basePort: await freeBasePort(Math.random), mode: 'live' }
  try {
    const shop = await startShop({ dir: shopDirOf(ground), basePort: ground.basePort, log: silentLog })
    open.add(() => shop.stop())
    const load = startLoad({ url: shop.gatewayUrl, dir: shop.dir, perSecond: USERS_PER_SECOND })
    open.add(() => load.stop())
    const lab = await startLab(shop, ground, load)
    open.add(() => lab.close())
    configure(ground, { policies: POLICIES, limits: LIMITS, ...settings })
    let server = await startKintsugi(ground)
    open.add(() => server.stop())
    const api = callOwner(socketPathIn(dataDirOf(ground)))
    return {
      url: server.url,
      shop,
      lab,
      api,
      kill: () => server.kill(),
      start: async () => void (server = await startKintsugi(ground)),
      calm: () => untilSo(async () => (await api.status({})).incidents.length === 0, 'no incident is open'),
      close: () => open.close(),
    }
  } catch (thrown) {
    await open.close()
    throw thrown
  }
}

/** The lab's own `kintsugi.yaml`, with these sections in place of its own. */
function configure(ground: Ground, settings: Readonly<Record<string, unknown>>): void {
  writeConfig(ground)
  const file = configFileOf(ground)
  const document = parseDocument(readFileSync(file, 'utf8'))
  for (const [name, section] of Object.entries(settings)) document.set(name, section)
  writeFileSync(file, document.toString())
}

function startLab(shop: Shop, { basePort }: Ground, { requests }: Load): Promise<ControlServer> {
  return startControlServer({ shop, faults, requests, random: Math.random, port: basePort + CONTROL_OFFSET })
}

function startKintsugi(ground: Ground): Promise<StartedProgram> {
  const url = `http://${HOST}:${ground.basePort + KINTSUGI_OFFSET}`
  const command = [process.execPath, MAIN, 'serve', '-c', configFileOf(ground), '--data', dataDirOf(ground)] as const
  return startProgram(command, { log: join(ground.dir, 'kintsugi.log'), ready: `${url}/readyz`, url })
}
