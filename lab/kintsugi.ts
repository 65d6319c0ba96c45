import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { callOwner } from '../src/api/client.ts'
import type { Api } from '../src/api/contract.ts'
import { socketPathIn } from '../src/api/socket.ts'
import type { Entry, Mode } from '../src/domain/entry.ts'
import { messageOf } from '../src/domain/errors.ts'
import type { Profile } from '../src/config/config.ts'
import { siblingEntry } from '../src/lib/entry.ts'
import { followRecord, type FollowedRecord } from './record.ts'
import { note } from './processes.ts'
import { BALANCER_OFFSET, HOST, KINTSUGI_OFFSET } from './shop/layout.ts'

/** A folder that holds one shop, one record and the configuration that joins them. */
export type Ground = {
  readonly dir: string
  /** The shop's block of ports; Kintsugi's own port lies in it, too. */
  readonly basePort: number
  readonly mode: Mode
  /** Where this ground has another than `policies.yaml`. */
  readonly profile?: Profile
  /** `limits.perTarget`, where this ground has others than `policies.yaml`. */
  readonly perTarget?: readonly string[]
  /** Without policies and objectives: only detectors look. */
  readonly withoutRules?: boolean
}

/** Kintsugi as the lab sees it: a process of its own, asked over its socket like any operator asks. */
export type Kintsugi = {
  readonly api: Api
  /** Everything on the record so far, oldest first. */
  entries(): Promise<readonly Entry[]>
  stop(): Promise<void>
}

const READY_WITHIN_MS = 30_000
const STOP_WITHIN_MS = 20_000

export const shopDirOf = ({ dir }: Pick<Ground, 'dir'>): string => join(dir, 'shop')
export const dataDirOf = ({ dir }: Pick<Ground, 'dir'>): string => join(dir, 'data')
export const configFileOf = ({ dir }: Pick<Ground, 'dir'>): string => join(dir, 'kintsugi.yaml')

/** A policy's ladder as `policies.yaml` has it, from the first rung on; nothing where there is no such policy. */
export function ladderOf(policy: string): string[] {
  const { policies } = template().toJS() as { policies: { name: string; ladder: (string | object)[] }[] }
  const rungs = policies.find(({ name }) => name === policy)?.ladder ?? []
  return rungs.map((rung) => (typeof rung === 'string' ? rung : (Object.keys(rung)[0] ?? '')))
}

/** Writes this ground's own copy of `policies.yaml`. */
export function writeConfig({ dir, basePort, mode, profile, perTarget, withoutRules }: Ground): void {
  const document = template()
  document.setIn(['mode'], mode)
  if (profile) document.setIn(['profile'], profile)
  document.setIn(['listen'], `${HOST}:${basePort + KINTSUGI_OFFSET}`)
  const balancer = `http://${HOST}:${basePort + BALANCER_OFFSET}`
  document.setIn(['connectors', 'edge', 'url'], balancer)
  document.setIn(['scrape', 0, 'url'], `${balancer}/metrics`)
  if (perTarget) document.setIn(['limits', 'perTarget'], perTarget)
  if (withoutRules) for (const rules of ['policies', 'slos']) document.delete(rules)
  mkdirSync(dir, { recursive: true })
  writeFileSync(configFileOf({ dir }), document.toString())
}

function template(): ReturnType<typeof parseDocument> {
  // The build copies no YAML: a built lab reads the one in the source tree.
  const fromSource = import.meta.filename.endsWith('.ts')
  const folder = fromSource ? import.meta.dirname : join(import.meta.dirname, '../../lab')
  return parseDocument(readFileSync(join(folder, 'policies.yaml'), 'utf8'))
}

/** Starts `kintsugi serve` on the ground; resolves once it is ready and sees everything. Throws with its last words. */
export async function startKintsugi(ground: Ground): Promise<Kintsugi> {
  writeConfig(ground)
  const program = fileURLToPath(siblingEntry(import.meta.url, '../src/main'))
  const logFile = join(ground.dir, 'kintsugi.log')
  const log = openSync(logFile, 'a')
  const args = [program, 'serve', '-c', configFileOf(ground), '--data', dataDirOf(ground)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', log, log] })
  closeSync(log)
  if (child.pid !== undefined) note(shopDirOf(ground), 'kintsugi', child.pid)
  const api = callOwner(socketPathIn(dataDirOf(ground)))
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  const stop = async (): Promise<void> => {
    if (hasEnded()) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    await ended
    clearTimeout(timer)
  }
  const why = await untilReady(api, ground, hasEnded)
  if (why === undefined) return withRecord(api, followRecord(dataDirOf(ground)), stop)
  await stop()
  throw new Error(`Kintsugi did not become ready: ${why}. Its log, ${logFile}, ends:\n${lastLines(logFile)}`)
}

function withRecord(api: Api, record: FollowedRecord, stop: () => Promise<void>): Kintsugi {
  const stopAll = async (): Promise<void> => {
    await stop()
    record.close()
  }
  return { api, entries: () => record.entries(), stop: stopAll }
}

/** Undefined once it is ready, else why it is not. */
async function untilReady(api: Api, ground: Ground, hasEnded: () => boolean): Promise<string | undefined> {
  let why = 'it said nothing'
  for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await sleep(100)) {
    if (hasEnded()) return 'it ended'
    try {
      const ready = await fetch(`http://${HOST}:${ground.basePort + KINTSUGI_OFFSET}/readyz`)
      const { sources } = await api.status({})
      const blind = sources.filter(({ fresh }) => !fresh).map(({ name }) => name)
      if (ready.ok && sources.length > 0 && blind.length === 0) return undefined
      why = `/readyz answers ${ready.status}, blind sources: ${blind.join(', ') || 'none'} of ${sources.length}`
    } catch (error) {
      why = messageOf(error)
    }
  }
  return why
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-10).join('\n')
}
