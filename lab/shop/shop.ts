import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { messageOf, UsageError } from '../../src/domain/errors.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { siblingEntry } from '../../src/lib/entry.ts'
import type { Log } from '../../src/lib/log.ts'
import { end, forgetNotes, note, noted, type Identity } from '../processes.ts'
import { effectsFile, effectsIn, type KeyedEffect } from './effects.ts'
import {
  BALANCER_OFFSET,
  configFileIn,
  crashLoopMark,
  crashLoopStrikes,
  dataFolderIn,
  HOST,
  instanceRef,
  layout,
  manifestOf,
  type Manifest,
  type Place,
  type PoolName,
} from './layout.ts'
import { requirePorts } from './ports.ts'
import { SETTINGS, type Settings } from './settings.ts'
import { processOf, shimAt, type ShimState } from './shim.ts'

/** One running instance, seen and handled by the lab's own means: through its shim, or by its address. */
export type ShopInstance = {
  readonly name: string
  readonly service: string
  readonly ref: ResourceRef
  readonly address: string
  /** It is not started until somebody asks for it. */
  readonly standby: boolean
  state(): Promise<ShimState>
  /** Ends it, if it runs, and starts a new one, in the lab's own name. */
  restart(why: string): Promise<void>
  /** Whether it answers its health check within `timeoutMs`. */
  serves(timeoutMs: number): Promise<boolean>
  /** Every change that was made through its shim or on its own pages, whoever asked. */
  changes(): Promise<readonly KeyedEffect[]>
  /** What the lab may know of it; undefined where it does not answer within `timeoutMs`. */
  look(timeoutMs: number): Promise<Ailing | undefined>
  /** Begins an ailment (`ailments.ts`). Throws where it has none of that name, or does not answer. */
  ail(name: string): Promise<void>
}

/** What an instance says of itself to the lab; which of these depends on its kind. */
export type Ailing = {
  readonly ailments: readonly string[]
  readonly cached?: number
  readonly leaking?: boolean
  readonly settings?: Settings
}

export type Shop = {
  /** Sockets, logs and marks of faults: what the `process` connector is pointed at. */
  readonly dir: string
  readonly gatewayUrl: string
  readonly instances: readonly ShopInstance[]
  /** Throws when there is none of that name. */
  instance(name: string): ShopInstance
  /** Whether the balancer gives requests to this instance; unsure counts as yes. */
  isInRotation(pool: PoolName, instance: string): Promise<boolean>
  /** Ends every process of the shop, crashed and frozen ones too. */
  stop(): Promise<void>
}

/** Keys of restarts by the lab begin with this: the oracle does not count them as Kintsugi's. */
export const LAB_KEY = 'lab/'

const START_WITHIN_MS = 10_000
const LOOK_TIMEOUT_MS = 1000
/** Beside the shims' own files, which are `<instance>.sock`, `.log` and `.json`. */
const MANIFESTS = 'manifests'
/** The shim belongs to the connector; the lab only starts it. */
const SHIM = fileURLToPath(siblingEntry(import.meta.url, '../../src/connectors/process/shim/main'))
/** A unix socket's path may hold 107 bytes; the longest name in the folder is `worker-1.sock`. */
const LONGEST_DIR = 90

/**
 * Starts every instance under its own detached shim and waits until all are ready. Throws {@link UsageError} on a
 * taken port or a folder with too long a name; leaves nothing running when it throws.
 */
export async function startShop(options: { dir: string; basePort: number; log: Log }): Promise<Shop> {
  const dir = resolve(options.dir)
  if (Buffer.byteLength(dir) > LONGEST_DIR) {
    throw new UsageError(`cannot put the shop in ${dir}: its sockets need a path of at most ${LONGEST_DIR} bytes`)
  }
  await clearLeftovers(dir, options.log)
  const places = layout(options.basePort)
  await requirePorts(options.basePort)
  mkdirSync(join(dir, MANIFESTS), { recursive: true })
  for (const place of places) {
    forgetLastLife(dir, place.instance)
    if (place.service === 'api') deploy(dir, place.instance)
    startShim(manifestOf(place, options.basePort, dir), dir)
  }
  const instances = places.map((place) => instanceAt(place, dir))
  try {
    await Promise.all(instances.map(untilReady))
  } catch (error) {
    await endAll(dir)
    throw error
  }
  return {
    dir,
    gatewayUrl: `http://${HOST}:${options.basePort}`,
    instances,
    instance: (name) => {
      const found = instances.find((instance) => instance.name === name)
      if (!found) throw new UsageError(`the shop has no instance '${name}': ${instances.map((i) => i.name).join(', ')}`)
      return found
    },
    isInRotation: (pool, instance) => isInRotation(options.basePort, pool, instance),
    stop: () => endAll(dir),
  }
}

async function isInRotation(basePort: number, pool: PoolName, instance: string): Promise<boolean> {
  const text = await get(`http://${HOST}:${basePort + BALANCER_OFFSET}/pools/${pool}`, LOOK_TIMEOUT_MS)
  if (text === undefined) return true
  const { values } = JSON.parse(text) as { values: Record<string, unknown> }
  return values[`state.${instance}`] === 'up' && values[`weight.${instance}`] !== 0
}

/** Ends what a killed lab left running in this folder: only processes that are beyond doubt the noted ones. */
export async function clearLeftovers(dir: string, log: Log): Promise<void> {
  const left = [...noted(dir).keys()]
  if (left.length > 0) log.warn({ dir, left }, 'ending what an earlier lab left running')
  await endAll(dir)
}

/**
 * Ends all that is noted in the folder. Kintsugi first, so that it heals nothing meanwhile; then the shims, which end
 * their instances; then whatever still lives, such as an instance whose shim was killed.
 */
async function endAll(dir: string): Promise<void> {
  for (const which of [/^kintsugi$/, /^shim-/, /./]) {
    const these = [...noted(dir)].filter(([name]) => which.test(name))
    await Promise.all(these.map(([name, identity]) => endOne(dir, name, identity)))
  }
  forgetNotes(dir)
}

async function endOne(dir: string, name: string, identity: Identity): Promise<void> {
  if (name.startsWith('shim-'))
    await shimAt(dir, name.slice('shim-'.length))
      .stop()
      .catch(() => {})
  await end(identity, 5000)
}

/** A fresh shop remembers neither faults nor restarts of one that stood in this folder before. */
function forgetLastLife(dir: string, instance: string): void {
  const kept = [
    join(dir, `${instance}.json`),
    effectsFile(dir, instance),
    crashLoopMark(dir, instance),
    crashLoopStrikes(dir, instance),
  ]
  for (const file of kept) rmSync(file, { force: true })
  rmSync(dataFolderIn(dir, instance), { recursive: true, force: true })
}

/** What stood there before the shop is looked at: the configuration was deployed an hour ago, and did well since. */
function deploy(dir: string, instance: string): void {
  const [file, anHourAgo] = [configFileIn(dir, instance), Date.now() / 1000 - 3600]
  mkdirSync(dirname(file), { recursive: true })
  mkdirSync(dataFolderIn(dir, instance), { recursive: true })
  writeFileSync(file, `${JSON.stringify(SETTINGS, null, 2)}\n`)
  utimesSync(file, anHourAgo, anHourAgo)
  writeFileSync(join(dir, `${instance}.good`), JSON.stringify(SETTINGS))
}

function startShim(manifest: Manifest, dir: string): void {
  const file = join(dir, MANIFESTS, `${manifest.instance}.json`)
  writeFileSync(file, JSON.stringify(manifest, null, 2))
  const output = openSync(join(dir, `${manifest.instance}.shim.log`), 'a')
  const child = spawn(process.execPath, [SHIM, file], {
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  if (child.pid !== undefined) note(dir, `shim-${manifest.instance}`, child.pid)
  child.unref()
}

function instanceAt(place: Place, dir: string): ShopInstance {
  const shim = shimAt(dir, place.instance)
  const address = `${HOST}:${place.port}`
  let restarts = 0
  return {
    name: place.instance,
    service: place.service,
    ref: instanceRef(place.instance),
    address,
    standby: place.standby ?? false,
    state: () => shim.state(),
    restart: async (why) => {
      const { identity } = await shim.state()
      await shim.restart(identity, `${LAB_KEY}${why}/${Date.now()}-${++restarts}`)
    },
    serves: async (timeoutMs) => (await get(`http://${address}/healthz`, timeoutMs)) !== undefined,
    look: async (timeoutMs) => {
      const text = await get(`http://${address}/lab`, timeoutMs)
      return text === undefined ? undefined : (JSON.parse(text) as Ailing)
    },
    changes: async () => {
      const { effects } = await shim.state()
      return [...effects, ...(await shim.changes()), ...effectsIn(dir, place.instance)]
    },
    ail: async (name) => {
      const answer = await fetch(`http://${address}/lab/${name}`, { method: 'POST' })
      if (!answer.ok) throw new Error(`cannot make ${place.instance} ail of ${name}: ${await answer.text()}`)
      await answer.body?.cancel()
    },
  }
}

/** The body of a good answer in time. */
async function get(url: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    const body = await answer.text()
    return answer.ok ? body : undefined
  } catch {
    return undefined
  }
}

/** One that stands by is ready once its shim says so. */
async function untilReady(instance: ShopInstance): Promise<void> {
  let why = 'it said nothing'
  for (const until = Date.now() + START_WITHIN_MS; Date.now() < until; await sleep(25)) {
    try {
      const state = await instance.state()
      if (instance.standby || (state.ready && processOf(state.identity))) return
      why = state.running ? 'it runs but is not ready' : 'it does not run'
    } catch (error) {
      why = messageOf(error)
    }
  }
  throw new Error(`${instance.name} was not ready within ${START_WITHIN_MS / 1000} s: ${why}`)
}
