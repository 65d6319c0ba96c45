import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { siblingEntry } from '../entry.ts'
import type { FromHelper, RunOrder, RunResult, ToHelper } from './messages.ts'
import { killGroup } from './run.ts'

export type { RunResult } from './messages.ts'

/** A command whose end is not known: it could not be started, was given up, or the helper died. May pass when tried again. */
export class SpawnError extends Error {
  override readonly name: string = 'SpawnError'
}

export type RunOptions = {
  /** The command and all that it started are killed after this. */
  readonly timeoutMs: number
  readonly cwd?: string
  /** Added to a bare `PATH`; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** Kept of each of stdout and stderr, the first so many bytes. Default 64 KiB. */
  readonly maxOutputBytes?: number
  /** Kills the command; the run then throws SpawnError. */
  readonly abort?: AbortSignal
}

/**
 * Runs commands by a small helper process: a fork of a large process copies its page tables and stops everything for
 * tens of milliseconds.
 */
export type Spawner = {
  /** Runs a program with its arguments, never by a shell. Any exit code is a result. Throws {@link SpawnError}. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult>
  /** Ends the helper and all that it runs. */
  close(): Promise<void>
}

const MAX_OUTPUT_BYTES = 64 * 1024
/** The helper keeps the time-out; one that is silent for this much longer is frozen. */
const HELPER_GRACE_MS = 2000
const PATH = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'

/** Starts the helper; to be called early, while the process is small. A helper that dies is replaced by the next run. */
export async function startSpawner(): Promise<Spawner> {
  let helper = await startHelper()
  let starting: Promise<Helper> | undefined
  let closed = false
  const alive = async (): Promise<Helper> => {
    if (closed) throw new SpawnError('cannot run a command: the spawner is closed')
    if (helper.isAlive()) return helper
    starting ??= startHelper().finally(() => (starting = undefined))
    helper = await starting
    return helper
  }
  return {
    run: async (argv, options) => {
      const { timeoutMs, cwd, env, maxOutputBytes = MAX_OUTPUT_BYTES, abort } = options
      const order = { argv, timeoutMs, cwd, env: { PATH, ...env }, maxOutputBytes }
      return (await alive()).run(order, abort)
    },
    close: async () => {
      closed = true
      await (await (starting ?? helper)).close()
    },
  }
}

type Helper = {
  isAlive(): boolean
  run(order: RunOrder, abort?: AbortSignal): Promise<RunResult>
  close(): Promise<void>
}

type Waiting = Pick<PromiseWithResolvers<RunResult>, 'resolve' | 'reject'> & { pid?: number }

async function startHelper(): Promise<Helper> {
  const child = fork(fileURLToPath(siblingEntry(import.meta.url, './helper')), [], {
    env: { PATH },
    execArgv: [],
    // A Ctrl-C is for the owner, which ends its helper when it has drained.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'spawn')
  const waiting = new Map<number, Waiting>()
  child.on('error', () => {})
  child.on('message', (message: FromHelper) => settle(waiting, message))
  child.once('exit', () => abandon(waiting))
  let lastId = 0
  return {
    isAlive: () => child.connected && child.exitCode === null && child.signalCode === null,
    run: (order, abort) => runBy(child, waiting, ++lastId, order, abort),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      if (child.connected) child.disconnect()
      await gone
    },
  }
}

async function runBy(
  child: ChildProcess,
  waiting: Map<number, Waiting>,
  id: number,
  order: RunOrder,
  abort?: AbortSignal,
): Promise<RunResult> {
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>()
  const send = (message: ToHelper): void => void child.send(message, (problem) => problem && reject(problem))
  const giveUp = (): void => {
    send({ id, kill: true })
    reject(new Error('it was given up', { cause: abort?.reason }))
  }
  const silent = (): void => reject(new Error('the spawn helper does not answer'))
  const timer = setTimeout(silent, order.timeoutMs + HELPER_GRACE_MS)
  waiting.set(id, { resolve, reject })
  abort?.addEventListener('abort', giveUp)
  try {
    send({ id, run: order })
    if (abort?.aborted) giveUp()
    return await promise
  } catch (thrown) {
    throw new SpawnError(`cannot run '${order.argv.join(' ')}': ${(thrown as Error).message}`, { cause: thrown })
  } finally {
    clearTimeout(timer)
    waiting.delete(id)
    abort?.removeEventListener('abort', giveUp)
  }
}

function settle(waiting: Map<number, Waiting>, message: FromHelper): void {
  const run = waiting.get(message.id)
  if (!run) return
  if ('pid' in message) run.pid = message.pid
  else if ('result' in message) run.resolve(message.result)
  else run.reject(new Error(message.problem))
}

/**
 * The helper died: what it ran is ended, since nobody would hear of it any more. A command that it had only just
 * started, and not yet told of, lives on.
 */
function abandon(waiting: Map<number, Waiting>): void {
  for (const run of waiting.values()) {
    if (run.pid !== undefined) killGroup(run.pid)
    run.reject(new Error('the spawn helper ended'))
  }
}
