import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { startControlServer } from '../../lab/control-server.ts'
import type { Fault } from '../../lab/faults/fault.ts'
import { faults } from '../../lab/faults/registry.ts'
import { signalInstance } from '../../lab/faults/victim.ts'
import { configFileOf, dataDirOf, shopDirOf, writeConfig, type Ground } from '../../lab/kintsugi.ts'
import { startLoad } from '../../lab/load/load.ts'
import { CONTROL_OFFSET, HOST, KINTSUGI_OFFSET } from '../../lab/shop/layout.ts'
import { freeBasePort } from '../../lab/shop/ports.ts'
import { startShop, type Shop } from '../../lab/shop/shop.ts'
import { callOwner } from '../../src/api/client.ts'
import type { Api } from '../../src/api/contract.ts'
import { socketPathIn } from '../../src/api/socket.ts'
import type { Incident } from '../../src/domain/incident.ts'
import { closers, type Closers } from '../../src/lib/closers.ts'
import { siblingEntry } from '../../src/lib/entry.ts'
import { silentLog } from '../../src/lib/log.ts'
import { startProgram, untilSo, type StartedProgram } from '../real/servers.ts'
import { STAGE } from './policies.ts'

/** A real Kintsugi on loopback, with a folder of its own. */
export type Served = {
  /** Where the console is. */
  readonly url: string
  readonly dataDir: string
  /** Kintsugi over its socket: what is so, whatever the pages say. */
  readonly api: Api
  /** Ends Kintsugi as kill -9 does. */
  kill(): Promise<void>
  /** Starts it again, on the same record and the same port. */
  start(): Promise<void>
  /** Posts alerts as Prometheus does. */
  tell(alerts: readonly object[], token?: string): Promise<void>
  close(): Promise<void>
}

/** A real shop under the lab's own faults, and a real Kintsugi that looks after it. */
export type Stage = Served & {
  readonly shop: Shop
  /** Injects a fault of the lab for good; answers the name of the instance that it met. */
  breaks(fault: string): Promise<string>
  /** Kills the process of an instance. */
  crashes(instance: string): Promise<void>
  /** Resolves once no incident is open any more. */
  calm(): Promise<void>
}

const SERVED = fileURLToPath(siblingEntry(import.meta.url, './served'))
/** A fault meets the first of those that it may meet. */
const FIRST = (): number => 0
/** Enough that an error rate means something, and no more than two processors bear beside a browser. */
const USERS_PER_SECOND = 60

export type Role = 'viewer' | 'operator' | 'approver' | 'second' | 'sender'

/** Tokens that stand for nothing outside a test; each is named as its role, and `second` is another approver. */
export const TOKENS: Readonly<Record<Role, string>> = {
  viewer: 'e2e-token-of-a-viewer',
  operator: 'e2e-token-of-an-operator',
  approver: 'e2e-token-of-an-approver',
  second: 'e2e-token-of-a-second-one',
  sender: 'e2e-token-of-a-sender',
}

type Setting = Omit<Served, 'close'>

/** @param tokens by role; without, whoever is on this machine may do everything */
export function openStage({ tokens }: { readonly tokens?: Readonly<Record<Role, string>> } = {}): Promise<Stage> {
  return opened(async (ground, open) => {
    const shop = await startShop({ dir: shopDirOf(ground), basePort: ground.basePort, log: silentLog })
    open.add(() => shop.stop())
    const load = startLoad({ url: shop.gatewayUrl, dir: shop.dir, perSecond: USERS_PER_SECOND })
    open.add(() => load.stop())
    const port = ground.basePort + CONTROL_OFFSET
    const lab = await startControlServer({ shop, faults, requests: load.requests, random: FIRST, port })
    open.add(() => lab.close())
    configure(ground, tokens)
    const served = await serve(ground, open, lab.url)
    return {
      ...served,
      shop,
      breaks: async (fault: string) => {
        const { inject, truth } = faultOf(fault)
        await inject(shop)
        return truth.instance
      },
      crashes: (instance: string) => signalInstance(shop, instance, 'SIGKILL'),
      calm: () => untilCalm(served.api),
    }
  })
}

/** A Kintsugi on its first day: nothing to look after, and nothing on its record. */
export function openEmptyStage(): Promise<Served> {
  return opened(async (ground, open) => {
    const listen = `${HOST}:${ground.basePort + KINTSUGI_OFFSET}`
    writeFileSync(configFileOf(ground), JSON.stringify({ version: 1, mode: 'shadow', listen }))
    return serve(ground, open)
  })
}

/** On a ground of its own, which is cleared when it is closed, and when the setting of the stage fails. */
async function opened<Set extends Setting>(
  set: (ground: Ground, open: Closers) => Promise<Set>,
): Promise<Set & Pick<Served, 'close'>> {
  const open = closers()
  const dir = mkdtempSync(join(tmpdir(), 'e2e-'))
  open.add(() => rmSync(dir, { recursive: true, force: true }))
  try {
    const ground: Ground = { dir, basePort: await freeBasePort(Math.random), mode: 'live' }
    return { ...(await set(ground, open)), close: () => open.close() }
  } catch (thrown) {
    await open.close()
    throw thrown
  }
}

/** The lab's own `kintsugi.yaml`, with the stage's sections in place of its own. */
function configure(ground: Ground, tokens?: Readonly<Record<string, string>>): void {
  writeConfig(ground)
  const file = configFileOf(ground)
  const document = parseDocument(readFileSync(file, 'utf8'))
  const sections = { ...STAGE, ...(tokens && { access: accessFor(ground, tokens) }) }
  for (const [name, section] of Object.entries(sections)) document.set(name, section)
  writeFileSync(file, document.toString())
}

/** A token never stands in the file itself. */
function accessFor({ dir }: Ground, tokens: Readonly<Record<string, string>>): object {
  return {
    tokens: Object.entries(tokens).map(([name, token]) => {
      writeFileSync(join(dir, `${name}.token`), token)
      return { name, role: name === 'second' ? 'approver' : name, token: `\${file:${name}.token}` }
    }),
  }
}

async function serve(ground: Ground, open: Closers, lab?: string): Promise<Setting> {
  const dataDir = dataDirOf(ground)
  let server = await startKintsugi(ground, lab)
  open.add(() => server.stop())
  return {
    url: server.url,
    dataDir,
    api: callOwner(socketPathIn(dataDir)),
    kill: () => server.kill(),
    tell: (alerts, token) => post(server.url, alerts, token),
    start: async () => void (server = await startKintsugi(ground, lab)),
  }
}

function startKintsugi(ground: Ground, lab?: string): Promise<StartedProgram> {
  const url = `http://${HOST}:${ground.basePort + KINTSUGI_OFFSET}`
  const places = [configFileOf(ground), dataDirOf(ground), ...(lab === undefined ? [] : [lab])]
  const command = [process.execPath, SERVED, ...places] as const
  return startProgram(command, { log: join(ground.dir, 'kintsugi.log'), ready: `${url}/readyz`, url })
}

async function untilCalm(api: Api): Promise<void> {
  let open: readonly Incident[] = []
  const isCalm = async (): Promise<boolean> => (open = (await api.status({})).incidents).length === 0
  await untilSo(isCalm, 'no incident is open').catch((thrown: unknown) => {
    const left = open.map(({ owner, status, waitingFor }) => `${owner} is ${status}: ${waitingFor.join('; ')}`)
    throw new Error(`the shop does not come to rest: ${left.join('; ')}`, { cause: thrown })
  })
}

function faultOf(name: string): Fault {
  const make = faults[name]
  if (!make) throw new Error(`the lab has no fault '${name}'`)
  return make(FIRST)
}

async function post(url: string, alerts: readonly object[], token?: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) })
  if (!answer.ok) throw new Error(`the alerts were answered with ${answer.status}: ${await answer.text()}`)
}
