import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { RunOrder, RunResult } from './messages.ts'

/** A command under way. `result` rejects when it could not be started. */
export type Running = { readonly pid: number | undefined; readonly result: Promise<RunResult>; kill(): void }

/** Runs one command in a process group of its own, without a shell. Whatever it leaves behind ends with it. */
export function runCommand(order: RunOrder): Running {
  const [program, ...args] = order.argv
  const { cwd, env = {}, maxOutputBytes } = order
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = [child.stdout, child.stderr].map((stream) => firstBytes(stream, maxOutputBytes))
  let timedOut = false
  const kill = (): void => {
    if (child.pid !== undefined) killGroup(child.pid)
    // What left the group may still hold the pipes.
    for (const stream of [child.stdout, child.stderr]) stream.destroy()
  }
  const timer = setTimeout(() => {
    timedOut = true
    kill()
  }, order.timeoutMs)
  child.once('exit', () => child.pid !== undefined && killGroup(child.pid))
  const result = new Promise<RunResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const [stdout = '', stderr = ''] = output.map((read) => read())
      resolve({ code, signal, stdout, stderr, timedOut })
    })
  }).finally(() => clearTimeout(timer))
  return { pid: child.pid, result, kill }
}

/** Kills a whole process group; one that is gone is no error. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
  }
}

/** Keeps the first bytes of a stream and lets the rest run past. */
function firstBytes(stream: Readable, limit: number): () => string {
  const chunks: Buffer[] = []
  let left = limit
  stream.on('data', (chunk: Buffer) => {
    if (left > 0) chunks.push(chunk.subarray(0, left))
    left -= chunk.length
  })
  return () => Buffer.concat(chunks).toString()
}
