import { messageOf, TerminalError, UsageError } from '../domain/errors.ts'
import type { Decoded, SeriesName } from '../domain/series.ts'
import type { LoudSeries } from '../domain/view.ts'
import type { BankCounts } from '../signals/series/bank.ts'
import type { Limited } from '../signals/series/sources.ts'
import type { LogSummary } from '../signals/lines/summary.ts'
import type { Span } from '../signals/otlp/traces.ts'

/** What a body is written in; which of its forms is `Delivery.form`. */
export type Protocol = 'remote-write' | 'remote-write-v2' | 'otlp-metrics' | 'otlp-logs' | 'otlp-traces' | 'loki'

/** One body as a sender sent it. */
export type Delivery = {
  readonly protocol: Protocol
  readonly form: 'protobuf' | 'json'
  readonly encoding: 'identity' | 'gzip' | 'snappy'
  /** Who sent it, as limits count it: a sender's name, or its address. */
  readonly source: string
  /** Given away: whoever hands it in has it no more. */
  readonly body: Uint8Array<ArrayBuffer>
}

/** What a body said beside samples, for the main thread: small, and plain values. */
export type Told = {
  readonly spans?: readonly Span[]
  readonly logs?: readonly LogSummary[]
  /** How many of the samples are native histograms. */
  readonly histograms?: number
}

/** What became of one body: of its samples, lines or spans. `shed`: of series that their source has no room for. */
export type Taken = Decoded & Told & { readonly shed: number }

/** A series that somebody on the main thread reads, and the number that stands for it until it ends. */
export type NumberedSeries = SeriesName & { readonly number: number; readonly source: string }

/**
 * Samples of numbered series, as arrays of one length: the i-th is of series `numbers[i]`, at epoch milliseconds. `series`
 * are those that are new, `ended` the numbers that stand for nothing any more.
 */
export type NumberedSamples = {
  readonly series: readonly NumberedSeries[]
  readonly ended: readonly number[]
  readonly numbers: Int32Array<ArrayBuffer>
  readonly at: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
}

/** What became of everything since the worker began. */
export type IntakeCounts = BankCounts & {
  /** Series that main reads. */
  readonly named: number
  readonly refused: number
  /** Samples that the default detectors of their series found far out of the ordinary. */
  readonly loud: number
  readonly limited: readonly Limited[]
}

/** What the worker needs to know when it begins. */
export type WorkerOptions = {
  /** Series in all, and of one source. */
  readonly maxSeries: number
  readonly perSource: number
}

export type ToWorker =
  | { readonly do: 'take'; readonly id: number; readonly delivery: Delivery }
  | { readonly do: 'observe'; readonly samples: NumberedSamples }
  | { readonly do: 'name'; readonly metrics: readonly string[] }

export type FromWorker =
  | { readonly id: number; readonly taken: Taken }
  | { readonly id: number; readonly error: WireError }
  | { readonly samples: NumberedSamples }
  | { readonly counts: IntakeCounts; readonly loudest: readonly LoudSeries[] }

/** An error between threads: classes do not survive the way, names do. */
export type WireError = { readonly name: string; readonly message: string }

export function toWire(thrown: unknown): WireError {
  return { name: thrown instanceof Error ? thrown.name : 'Error', message: messageOf(thrown) }
}

/** Also a fault of our own is the sender's to drop: it would send the same body for ever. */
export function fromWire({ name, message }: WireError): Error {
  if (name === 'UsageError') return new UsageError(message)
  return new TerminalError(`cannot read the body, by a fault in Kintsugi itself: ${name}: ${message}`)
}

/** The buffers of numbered samples, which move from one thread to the other instead of being copied. */
export function buffersOf({ numbers, at, values }: NumberedSamples): ArrayBuffer[] {
  return [numbers.buffer, at.buffer, values.buffer]
}
