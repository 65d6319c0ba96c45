import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { siblingEntry } from '../../src/lib/entry.ts'
import { note } from '../processes.ts'
import { setRate } from './rate.ts'
import { parseRequestLine, type UserRequest } from './protocol.ts'

/** The running load generator and what its users have met so far. */
export type Load = {
  /** Every request that ended, in the order of ending; of very long runs the newest {@link MOST_KEPT}. */
  requests(): readonly UserRequest[]
  stop(): Promise<void>
}

/** About half an hour of users. */
const MOST_KEPT = 600_000

/** Starts the users of the shop as a process of their own; `dir` keeps the note of it, and their rate (`rate.ts`). */
export function startLoad(options: { url: string; dir: string; perSecond?: number }): Load {
  setRate(options.dir, options.perSecond)
  const program = fileURLToPath(siblingEntry(import.meta.url, './main'))
  const child = spawn(process.execPath, [program, options.url, options.dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.pid !== undefined) note(options.dir, 'load', child.pid)
  const requests: UserRequest[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    requests.push(parseRequestLine(line))
    if (requests.length > MOST_KEPT) requests.splice(0, MOST_KEPT / 10)
  })
  return {
    requests: () => requests,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}
