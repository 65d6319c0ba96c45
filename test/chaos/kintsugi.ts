import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { callOwner } from '../../src/api/client.ts'
import { socketPathIn } from '../../src/api/socket.ts'
import type { Status } from '../../src/domain/operator.ts'
import { siblingEntry } from '../../src/lib/entry.ts'
import { configFileOf, dataDirOf, writeConfig } from '../../lab/kintsugi.ts'
import { end, identityOf, isAlive, note, type Identity } from '../../lab/processes.ts'

/** Where one Kintsugi works: a folder for its configuration, its record and its log, and the shop that it looks after. */
export type Place = { readonly dir: string; readonly basePort: number; readonly shopDir: string }

/** How this place's policy verifies; the rest is as in `lab/policies.yaml`. */
export type Verify = { readonly healthyFor: string; readonly within: string }

/** `kintsugi serve`, that may be killed and started again on the same record. */
export type Kintsugi = {
  status(): Promise<Status>
  /** Resolves once every source is fresh; throws with its last words when it ends, or is not so within 30 s. */
  untilReady(): Promise<void>
  /** Why it is not running any more, if it ended without being told to. */
  lost(): string | undefined
  /** kill -9; answers what of its own children outlived it, which must be nothing. */
  kill(): Promise<string[]>
  /** SIGTERM; answers its exit code, null when it had to be killed. */
  stop(): Promise<number | null>
}

export const MAIN: string = fileURLToPath(siblingEntry(import.meta.url, '../../src/main'))
const READY_WITHIN_MS = 90_000
const STOP_WITHIN_MS = 20_000
const CHILDREN_GONE_WITHIN_MS = 3000

export const logOf = ({ dir }: Place): string => join(dir, 'kintsugi.log')

/**
 * Writes `lab/policies.yaml` at a quicker pace, so that a round takes seconds; its conditions, gates and limits are the
 * same. The guard looks back a second and a half, and `healthyFor` must outlast that and a scrape: until then the rate
 * still speaks of the time before the effect. Two scrapes a second, since a rate of fewer than two samples is blind.
 */
export function prepare({ dir, basePort, shopDir }: Place, { healthyFor, within }: Verify): void {
  writeConfig({ dir, basePort, mode: 'live' })
  const file = configFileOf({ dir })
  const document = parseDocument(readFileSync(file, 'utf8'))
  document.setIn(['connectors', 'lab', 'dir'], shopDir)
  document.setIn(['policies', 0, 'verify', 'healthyFor'], healthyFor)
  document.setIn(['policies', 0, 'verify', 'within'], within)
  for (const key of ['interval', 'timeout']) {
    document.setIn(['probes', 0, key], '500ms')
    document.setIn(['scrape', 0, key], '500ms')
  }
  document.setIn(['slos', 0, 'expr'], 'rate(shop_requests_failed_total[1500ms]) / rate(shop_requests_total[1500ms])')
  writeFileSync(file, document.toString())
}

/** Starts `kintsugi serve` on a prepared place; does not wait for it. */
export function serve(place: Place): Kintsugi {
  mkdirSync(place.dir, { recursive: true })
  const log = openSync(logOf(place), 'a')
  const args = [MAIN, 'serve', '-c', configFileOf(place), '--data', dataDirOf(place)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', log, log] })
  closeSync(log)
  if (child.pid !== undefined) note(place.shopDir, 'kintsugi', child.pid)
  const api = callOwner(socketPathIn(dataDirOf(place)))
  let told = false
  const lost = (): string | undefined =>
    hasEnded(child) && !told
      ? `Kintsugi ended by itself (${child.exitCode ?? child.signalCode}): ${lastWords(place)}`
      : undefined
  return {
    lost,
    status: () => api.status({}),
    untilReady: async () => {
      for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await sleep(50)) {
        const sources = await api.status({}).then(
          ({ sources }) => sources,
          () => [],
        )
        if (sources.length > 0 && sources.every(({ fresh }) => fresh)) return
        const why = lost()
        if (why !== undefined) throw new Error(why)
      }
      throw new Error(`Kintsugi is not ready after ${READY_WITHIN_MS / 1000} s: ${lastWords(place)}`)
    },
    kill: async () => {
      told = true
      const children = childrenOf(child.pid)
      await ended(child, 'SIGKILL')
      return outliving(children)
    },
    stop: async () => {
      told = true
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
      await ended(child, 'SIGTERM')
      clearTimeout(timer)
      return child.exitCode
    },
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

function childrenOf(pid: number | undefined): Identity[] {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return pids.flatMap((one) => identityOf(Number(one)) ?? [])
  } catch {
    return [] // it has ended already
  }
}

/** What it spawned for itself must go with it; what does not is ended here, and named. */
async function outliving(children: readonly Identity[]): Promise<string[]> {
  for (const until = Date.now() + CHILDREN_GONE_WITHIN_MS; Date.now() < until; await sleep(20)) {
    if (!children.some(isAlive)) return []
  }
  const left = children.filter(isAlive)
  await Promise.all(left.map((one) => end(one, 0)))
  return left.map(({ pid }) => `process ${pid}, a child of the killed Kintsugi, lived on`)
}

/** The end of its log. */
export function lastWords(place: Place): string {
  return `its log, ${logOf(place)}, ends:\n${readFileSync(logOf(place), 'utf8').trimEnd().split('\n').slice(-10).join('\n')}`
}
