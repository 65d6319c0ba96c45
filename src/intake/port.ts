import { Worker } from 'node:worker_threads'
import { messageOf, RetryableError } from '../domain/errors.ts'
import type { Observation } from '../domain/signal.ts'
import { siblingEntry } from '../lib/entry.ts'
import {
  buffersOf,
  fromWire,
  type Delivery,
  type FromWorker,
  type IntakeCounts,
  type NumberedSamples,
  type Taken,
  type ToWorker,
  type WorkerOptions,
} from './messages.ts'
import { createOutbox } from './observed.ts'
import { createRoom, type RoomLimits } from './room.ts'

export type IntakeOptions = WorkerOptions & {
  readonly room?: RoomLimits
  /** A body that takes longer is taken for what will never end: the worker is begun anew. */
  readonly patienceMs?: number
  /** How long after its death the worker is begun anew; twice as long each time, until it has lived for a minute. */
  readonly pauseMs?: number
}

export type IntakeTools = {
  /** Told of samples of named series, at most every quarter of a second. */
  readonly onSamples: (told: NumberedSamples) => void
  /** The worker has died, for this reason: what it knew is lost, and numbers are given anew. */
  readonly onDeath: (why: string) => void
  /** The thread to work in; its own where absent. */
  readonly spawn?: (options: WorkerOptions) => Worker
}

/** The way to the worker. Nothing in it waits longer than the sender does. */
export type Intake = {
  /**
   * Makes room for a body of so many bytes, before it is read; answers what gives the room back. Throws RetryableError when
   * there is none, or the worker is not there.
   */
  admit(bytes: number): () => void
  /** Decodes a body, and takes in what it says. Throws UsageError on what is none; RetryableError when the worker dies. */
  take(delivery: Delivery): Promise<Taken>
  /** What a source of this process saw. */
  observe(observation: Observation): void
  /** These metrics are named from now on: `onSamples` hears of their series. */
  name(metrics: readonly string[]): void
  /** By the last word of the worker, about a second ago; undefined before the first. */
  counts(): IntakeCounts | undefined
  /** Why nothing is taken in at the moment, where that is so; and how often the worker was begun anew. */
  health(): { readonly problem?: string; readonly restarts: number }
  close(): Promise<void>
}

const PATIENCE_MS = 30_000
const PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
const STEADY_MS = 60_000

type Waiting = { readonly resolve: (taken: Taken) => void; readonly reject: (error: Error) => void }

export function startIntake(options: IntakeOptions, tools: IntakeTools): Intake {
  const { room: limits, patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS, ...own } = options
  const { spawn = spawned } = tools
  const outbox = createOutbox()
  const room = createRoom(limits)
  const waiting = new Map<number, Waiting>()
  let [lastId, restarts, nextPauseMs] = [0, 0, pauseMs]
  let metrics: readonly string[] = []
  let counts: IntakeCounts | undefined
  let worker: Worker | undefined
  let problem: string | undefined
  let isClosed = false
  let again: NodeJS.Timeout | undefined

  const post = (message: ToWorker, move: ArrayBuffer[] = []): void => worker?.postMessage(message, move)
  const lost = (): RetryableError =>
    new RetryableError(
      `cannot take it in: ${problem ?? 'the worker of the intake is not there'}; send it again later`,
      {
        retryAfterMs: nextPauseMs,
      },
    )

  function begin(): void {
    const started = spawn(own)
    const bornAt = performance.now()
    let why = 'it ended'
    worker = started
    problem = undefined
    started.on('message', (message: FromWorker) => hear(message))
    started.on('error', (thrown) => (why = messageOf(thrown)))
    started.on('exit', () => {
      if (worker === started) mourn(why, performance.now() - bornAt)
    })
    post({ do: 'name', metrics })
  }

  function mourn(why: string, livedMs: number): void {
    worker = undefined
    counts = undefined
    problem = `the worker of the intake is not there (${why})`
    if (livedMs > STEADY_MS) nextPauseMs = pauseMs
    for (const { reject } of waiting.values()) reject(lost())
    waiting.clear()
    outbox.forget()
    if (isClosed) return
    tools.onDeath(why)
    again = setTimeout(() => {
      restarts += 1
      begin()
    }, nextPauseMs)
    nextPauseMs = Math.min(LONGEST_PAUSE_MS, 2 * nextPauseMs)
  }

  function hear(message: FromWorker): void {
    if ('samples' in message) return tools.onSamples(message.samples)
    if ('counts' in message) return void (counts = message.counts)
    const asker = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) asker?.reject(fromWire(message.error))
    else asker?.resolve(message.taken)
  }

  async function take(delivery: Delivery): Promise<Taken> {
    if (!worker) throw lost()
    const doer = worker
    const id = ++lastId
    const timer = setTimeout(() => void doer.terminate(), patienceMs)
    try {
      return await new Promise<Taken>((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        post({ do: 'take', id, delivery }, [delivery.body.buffer])
      })
    } finally {
      clearTimeout(timer)
    }
  }

  begin()
  return {
    admit(bytes) {
      if (!worker) throw lost()
      return room(bytes)
    },
    take,
    observe(observation) {
      if (!worker) return
      const samples = outbox.pack(observation)
      if (samples) post({ do: 'observe', samples }, buffersOf(samples))
    },
    name(next) {
      if (next.join() === metrics.join()) return
      metrics = next
      post({ do: 'name', metrics })
    },
    counts: () => counts,
    health: () => ({ restarts, ...(problem !== undefined && { problem }) }),
    async close() {
      isClosed = true
      clearTimeout(again)
      await worker?.terminate()
    },
  }
}

function spawned(options: WorkerOptions): Worker {
  return new Worker(siblingEntry(import.meta.url, './worker'), { workerData: options })
}
