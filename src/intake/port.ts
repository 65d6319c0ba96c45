import { Worker } from 'node:worker_threads'
import { RetryableError } from '../domain/errors.ts'
import type { Observation } from '../domain/signal.ts'
import type { LoudSeries } from '../domain/view.ts'
import { siblingEntry } from '../lib/entry.ts'
import { keepAlive, type Lifeline } from './lifeline.ts'
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
  /** See `keepAlive`. */
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
  /** The series that are loud, of the same time; empty before the first word. */
  loudest(): readonly LoudSeries[]
  /** Why nothing is taken in at the moment, where that is so; and how often the worker was begun anew. */
  health(): { readonly problem?: string; readonly restarts: number }
  close(): Promise<void>
}

const PATIENCE_MS = 30_000
const PAUSE_MS = 1000

type Waiting = { readonly resolve: (taken: Taken) => void; readonly reject: (error: Error) => void }

export function startIntake(options: IntakeOptions, tools: IntakeTools): Intake {
  const { room: limits, patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS, ...own } = options
  const outbox = createOutbox()
  const room = createRoom(limits)
  const waiting = new Map<number, Waiting>()
  let [lastId, isClosed] = [0, false]
  let metrics: readonly string[] = []
  let said: Extract<FromWorker, { readonly counts: unknown }> | undefined

  const hear = (message: FromWorker): void => {
    if ('samples' in message) return tools.onSamples(message.samples)
    if ('counts' in message) return void (said = message)
    const asker = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) asker?.reject(fromWire(message.error))
    else asker?.resolve(message.taken)
  }
  const name = (): ToWorker => ({ do: 'name', metrics })
  const worker: Lifeline = keepAlive({
    spawn: () => (tools.spawn ?? spawned)(own),
    pauseMs,
    onBegin: (post) => post(name()),
    onMessage: (message) => hear(message as FromWorker),
    onDeath: (why) => {
      said = undefined
      for (const { reject } of waiting.values()) reject(lost(why, worker))
      waiting.clear()
      outbox.forget()
      if (!isClosed) tools.onDeath(why)
    },
  })
  const mustLive = (): void => {
    const problem = worker.problem()
    if (problem !== undefined) throw lost(problem, worker)
  }
  const ask = (message: ToWorker & { readonly do: 'take' }): Promise<Taken> =>
    new Promise((resolve, reject) => {
      waiting.set(message.id, { resolve, reject })
      worker.post(message, [message.delivery.body.buffer])
    })

  return {
    admit(bytes) {
      mustLive()
      return room(bytes)
    },
    async take(delivery) {
      mustLive()
      const timer = setTimeout(() => worker.end(), patienceMs)
      return ask({ do: 'take', id: ++lastId, delivery }).finally(() => clearTimeout(timer))
    },
    observe(observation) {
      const samples = worker.problem() === undefined ? outbox.pack(observation) : undefined
      if (samples) worker.post({ do: 'observe', samples } satisfies ToWorker, buffersOf(samples))
    },
    name(next) {
      if (next.join() === metrics.join()) return
      metrics = next
      worker.post(name())
    },
    counts: () => said?.counts,
    loudest: () => said?.loudest ?? [],
    health: () => {
      const problem = worker.problem()
      return { restarts: worker.restarts(), ...(problem !== undefined && { problem }) }
    },
    close: () => {
      isClosed = true
      return worker.close()
    },
  }
}

function lost(why: string, worker: Lifeline): RetryableError {
  return new RetryableError(`cannot take it in: ${why}; send it again later`, { retryAfterMs: worker.retryAfterMs() })
}

function spawned(options: WorkerOptions): Worker {
  return new Worker(siblingEntry(import.meta.url, './worker'), { workerData: options })
}
