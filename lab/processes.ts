import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Which process, beyond doubt: a number alone may be a stranger's by now. `startTime` is in clock ticks since boot,
 * as /proc has it.
 */
export type Identity = { readonly bootId: string; readonly pid: number; readonly startTime: string }

/** The identity of a live process; undefined when there is none (a zombie counts as none). */
export function identityOf(pid: number): Identity | undefined {
  const stat = statOf(pid)
  if (!stat || stat.state === 'Z') return undefined
  return { bootId: bootId(), pid, startTime: stat.startTime }
}

export function isAlive(identity: Identity): boolean {
  const now = identityOf(identity.pid)
  return now?.startTime === identity.startTime && now.bootId === identity.bootId
}

/** Sends the signal if the process is still that one; says whether it was. */
export function signal(identity: Identity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false
  try {
    return process.kill(identity.pid, name)
  } catch {
    return false // gone between the look and the signal
  }
}

/** Asks the process to end, and after `graceMs` makes it. Resolves once it is gone. */
export async function end(identity: Identity, graceMs: number): Promise<void> {
  signal(identity, 'SIGTERM')
  signal(identity, 'SIGCONT')
  if (await gone(identity, graceMs)) return
  signal(identity, 'SIGKILL')
  await gone(identity, 2000)
}

async function gone(identity: Identity, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(20)) {
    if (!isAlive(identity)) return true
  }
  return !isAlive(identity)
}

/**
 * Keeps a note of a process that was started, in `<dir>/pids`, so that a later lab can end what a killed one left.
 * The newest note under one name holds.
 */
export function note(dir: string, name: string, pid: number): void {
  const identity = identityOf(pid)
  if (!identity) return
  const folder = join(dir, 'pids')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(identity))
}

/** The processes noted in `dir` that still live, by name. */
export function noted(dir: string): Map<string, Identity> {
  const found = new Map<string, Identity>()
  for (const file of filesIn(join(dir, 'pids'))) {
    const identity = parseIdentity(readText(join(dir, 'pids', file)))
    if (identity && isAlive(identity)) found.set(file.replace(/\.json$/, ''), identity)
  }
  return found
}

export function forgetNotes(dir: string): void {
  rmSync(join(dir, 'pids'), { recursive: true, force: true })
}

function parseIdentity(text: string): Identity | undefined {
  try {
    return JSON.parse(text) as Identity
  } catch {
    return undefined // a note cut off by a full disk or a kill names nobody
  }
}

function statOf(pid: number): { state: string; startTime: string } | undefined {
  // The name in parentheses may hold spaces; fields are counted from behind it.
  const fields = readText(`/proc/${pid}/stat`).split(') ').pop()?.split(' ') ?? []
  const [state, startTime] = [fields[0], fields[19]]
  return state && startTime ? { state, startTime } : undefined
}

let knownBootId: string | undefined

function bootId(): string {
  knownBootId ??= readText('/proc/sys/kernel/random/boot_id').trim()
  return knownBootId
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
