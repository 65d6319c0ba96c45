import type { Worker } from 'node:worker_threads'
import { messageOf } from '../domain/errors.ts'

export type LifelineOptions = {
  readonly spawn: () => Worker
  /** How long after its death it is begun anew; twice as long each time, until one has lived for a minute. */
  readonly pauseMs: number
  /** It has begun, also for the first time: what it must know is to be told. */
  readonly onBegin: (post: Post) => void
  readonly onMessage: (message: unknown) => void
  readonly onDeath: (why: string) => void
}

export type Post = (message: unknown, move?: readonly ArrayBuffer[]) => void

/** A worker thread that is begun anew when it dies. */
export type Lifeline = {
  /** Says nothing to nobody while there is no worker. */
  readonly post: Post
  /** Why there is no worker, while there is none. */
  problem(): string | undefined
  restarts(): number
  /** How long it may take, in milliseconds, until there is one again. */
  retryAfterMs(): number
  /** Ends the worker of now, for the next to begin. */
  end(): void
  close(): Promise<void>
}

const LONGEST_PAUSE_MS = 30_000
const STEADY_MS = 60_000

export function keepAlive({ spawn, pauseMs, onBegin, onMessage, onDeath }: LifelineOptions): Lifeline {
  let [restarts, nextPauseMs] = [0, pauseMs]
  let worker: Worker | undefined
  let problem: string | undefined
  let isClosed = false
  let again: NodeJS.Timeout | undefined

  const post: Post = (message, move = []) => worker?.postMessage(message, [...move])

  function begin(): void {
    const started = spawn()
    const bornAt = performance.now()
    let why = 'it ended'
    worker = started
    problem = undefined
    started.on('message', onMessage)
    started.on('error', (thrown) => (why = messageOf(thrown)))
    started.on('exit', () => mourn(why, performance.now() - bornAt))
    onBegin(post)
  }

  function mourn(why: string, livedMs: number): void {
    worker = undefined
    problem = `the worker of the intake is not there (${why})`
    if (livedMs > STEADY_MS) nextPauseMs = pauseMs
    onDeath(why)
    if (isClosed) return
    again = setTimeout(() => {
      restarts += 1
      begin()
    }, nextPauseMs)
    nextPauseMs = Math.min(LONGEST_PAUSE_MS, 2 * nextPauseMs)
  }

  begin()
  return {
    post,
    problem: () => problem,
    restarts: () => restarts,
    retryAfterMs: () => nextPauseMs,
    end: () => void worker?.terminate(),
    async close() {
      isClosed = true
      clearTimeout(again)
      await worker?.terminate()
    },
  }
}
