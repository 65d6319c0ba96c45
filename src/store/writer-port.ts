import { ConflictError, FencedError, messageOf, RecordUnwritableError, TerminalError } from '../domain/errors.ts'
import type { Moment } from '../lib/clock.ts'
import type { PreparedCommit } from './prepared.ts'
import type { Retention, RetentionReport } from './retention.ts'
import { openWriter, type CommitResult, type WriterOptions } from './writer.ts'

/** A writer as the queue sees it, wherever it runs. A rejection means that nothing is known of the batch. */
export type WriterPort = {
  readonly epoch: number
  run(batch: readonly PreparedCommit[]): Promise<readonly CommitResult[]>
  shortage(): Promise<string | undefined>
  retain(at: Moment, keep: Retention): Promise<RetentionReport>
  close(): Promise<void>
}

/** The writer on the calling thread: for simulation and tests, where every statement happens in a known order. */
export function writerHere(options: WriterOptions): WriterPort {
  const writer = openWriter(options)
  return {
    epoch: writer.epoch,
    run: async (batch) => {
      const results = writer.run(batch)
      writer.tidy()
      return results
    },
    shortage: async () => writer.shortage(),
    retain: async (at, keep) => writer.retain(at, keep),
    close: async () => writer.close(),
  }
}

export type Request =
  | { readonly id: number; readonly do: 'run'; readonly batch: readonly PreparedCommit[] }
  | { readonly id: number; readonly do: 'shortage' }
  | { readonly id: number; readonly do: 'retain'; readonly at: Moment; readonly keep: Retention }
  | { readonly id: number; readonly do: 'close' }

/** An error between threads: classes do not survive the way, names do. */
export type WireError = { readonly name: string; readonly message: string }

/** Request 0 is the opening itself; its value is the epoch. */
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: WireError }

export function toWire(thrown: unknown): WireError {
  return { name: thrown instanceof Error ? thrown.name : 'Error', message: messageOf(thrown) }
}

export function fromWire({ name, message }: WireError): Error {
  if (name === 'ConflictError') return new ConflictError(message)
  if (name === 'FencedError') return new FencedError(message)
  if (name === 'RecordUnwritableError') return new RecordUnwritableError(message)
  return name === 'TerminalError' ? new TerminalError(message) : new Error(message)
}
