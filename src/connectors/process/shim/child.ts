import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, killOrphans, livingPid, signalGroup } from './proc.ts'
import type { Exit, Manifest } from './schema.ts'

/** How long a killed process may take to be gone: longer means that it hangs in the kernel. */
const KILL_WAIT_MS = 3000
const LOOK_EVERY_MS = 5

/** One life of the instance. */
export type Child = {
  readonly pid: number
  readonly identity: string
  readonly startedAtMs: number
  exit(): Exit | null
  /** Ends it and its whole process group: politely for `graceMs`, then with SIGKILL. Throws when it will not go. */
  end(graceMs: number): Promise<void>
}

/**
 * Starts the instance in a process group of its own, its output appended to the log file by itself, so that neither
 * depends on the shim being alive. Throws when it cannot be started.
 */
export async function startChild(manifest: Manifest, logFile: string, bootId: string): Promise<Child> {
  const [program = '', ...args] = manifest.command
  const log = openSync(logFile, 'a', 0o600)
  const env = { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', ...manifest.env }
  const child = spawn(program, args, { cwd: manifest.cwd, env, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  let exit: Exit | null = null
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal, at: Date.now() }
      resolve()
    })
  })
  const startedAtMs = Date.now()
  const { pid } = child
  if (pid === undefined) {
    const [reason] = (await once(child, 'error')) as [Error]
    throw new Error(`cannot start '${program}' of '${manifest.instance}'`, { cause: reason })
  }
  // Later errors (a signal that could not be sent) are thrown where they happen.
  child.on('error', () => {})

  const goneWithin = (ms: number): Promise<unknown> => Promise.race([exited, sleep(ms, undefined, { ref: false })])
  const end = async (graceMs: number): Promise<void> => {
    if (!exit && graceMs > 0) {
      signalGroup(pid, 'SIGTERM')
      await goneWithin(graceMs)
    }
    if (!exit) {
      signalGroup(pid, 'SIGKILL')
      await goneWithin(KILL_WAIT_MS)
    }
    if (!exit) throw new Error(`cannot end '${manifest.instance}': process ${pid} does not go on SIGKILL`)
    killOrphans(pid)
  }
  return { pid, identity: identityOf(bootId, pid, startedAtMs), startedAtMs, exit: () => exit, end }
}

/** Ends what a shim that died left running: there must never be two of one instance. */
export async function endLeftover(identity: string, bootId: string): Promise<void> {
  const pid = livingPid(identity, bootId)
  if (pid !== undefined) signalGroup(pid, 'SIGKILL')
  for (let waitedMs = 0; livingPid(identity, bootId) !== undefined; waitedMs += LOOK_EVERY_MS) {
    if (waitedMs > KILL_WAIT_MS) throw new Error(`process ${pid} of a dead shim does not go on SIGKILL: end it by hand`)
    await sleep(LOOK_EVERY_MS)
  }
}
