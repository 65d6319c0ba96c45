import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Manifest, State } from '../src/connectors/process/shim/schema.ts'
import { siblingEntry } from '../src/lib/entry.ts'

export const SHIM: URL = siblingEntry(import.meta.url, '../src/connectors/process/shim/main')

/** A small server: `healthz` says that it is ready. With `stubborn`, SIGTERM does not end it. */
const SERVER = `
  const [port, stubborn] = process.argv.slice(1)
  if (stubborn === 'stubborn') process.on('SIGTERM', () => {})
  require('node:http').createServer((q, r) => r.end('ok')).listen(Number(port), '127.0.0.1')
`

/** The command of a small server on the port. */
export const serverOn = (port: number, how: 'polite' | 'stubborn' = 'polite'): string[] => [
  process.execPath,
  '-e',
  SERVER,
  String(port),
  how,
]

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** A folder of shims with real instances, all of which end with `close`. */
export type ShimFolder = {
  readonly dir: string
  /** A manifest for one more server. */
  manifest(instance: string, change?: Partial<Manifest>): Promise<Manifest>
  /** Starts a shim and waits for its first answer; throws what it says when it ends instead. */
  start(manifest: Manifest): Promise<number>
  close(): Promise<void>
}

export function shimFolder(): ShimFolder {
  const dir = mkdtempSync(join(tmpdir(), 'shims-'))
  const shims: { child: ChildProcess; manifest: Manifest }[] = []
  return {
    dir,
    manifest: async (instance, change = {}) => {
      const port = await freePort()
      const about = { namespace: 'shop', service: 'web', instance, dependsOn: [], dir }
      return { ...about, command: serverOn(port), address: `127.0.0.1:${port}`, ready: { http: '/healthz' }, ...change }
    },
    start: async (manifest) => {
      const file = join(dir, `${manifest.instance}.manifest`)
      writeFileSync(file, JSON.stringify(manifest))
      const child = spawn(process.execPath, [SHIM.pathname, file], {
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      shims.push({ child, manifest })
      const said = text(child.stderr)
      while (child.exitCode === null && !(await answers(join(dir, `${manifest.instance}.sock`), child))) await sleep(5)
      if (child.exitCode !== null) throw new Error(await said)
      return child.pid!
    },
    close: async () => {
      await Promise.all(shims.map(({ child, manifest }) => end(child, manifest)))
      rmSync(dir, { recursive: true })
    },
  }
}

/**
 * Whether this very shim answers, and not one that served the socket before: it is the parent of the instance, unless
 * that only stands by.
 */
async function answers(socket: string, child: ChildProcess): Promise<boolean> {
  try {
    const { identity, wanted } = (await call(socket, 'GET', '/state')).body as State
    if (!wanted) return true
    return readFileSync(`/proc/${pidOf(identity)}/status`, 'utf8').includes(`PPid:\t${child.pid}\n`)
  } catch {
    return false
  }
}

/** Ends a shim and its instance; what a shim that was killed left running, by the identity in its state file. */
async function end(child: ChildProcess, { dir, instance }: Manifest): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  try {
    const { identity } = JSON.parse(readFileSync(join(dir, `${instance}.json`), 'utf8')) as { identity: string }
    process.kill(-pidOf(identity), 'SIGKILL')
  } catch {
    // Stopped in good order.
  }
}

export const pidOf = (identity: string): number => Number(identity.split('/')[1])

export type Answer = { readonly status: number; readonly body: unknown }

/** One plain request to a shim. */
export function call(socketPath: string, method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, agent: false, timeout: 5000 }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) }), reject)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

export async function stateOf({ dir, instance }: Manifest): Promise<State> {
  return (await call(join(dir, `${instance}.sock`), 'GET', '/state')).body as State
}

/** Asks until the condition holds; throws with the last state after ten seconds. */
export async function untilState(manifest: Manifest, condition: (state: State) => boolean): Promise<State> {
  for (const end = Date.now() + 10_000; ; await sleep(5)) {
    const state = await stateOf(manifest)
    if (condition(state)) return state
    if (Date.now() > end) throw new Error(`still so after ten seconds: ${JSON.stringify(state)}`)
  }
}
