import type { Decoded, SampleSink } from '../domain/series.ts'
import type { Span } from '../signals/otlp/traces.ts'
import type { Delivery, Protocol } from './messages.ts'

/** What a body said beside samples, for the main thread. */
export type Told = {
  readonly spans?: readonly Span[]
  /** How many of the samples are native histograms. */
  readonly histograms?: number
}

/** What became of one body. `shed`: series of it that its source has no room for. */
export type Taken = Decoded & Told & { readonly shed: number }

/** Reads a body that is unpacked. Throws UsageError on what is none. */
export type Decoder = (body: Uint8Array, form: Delivery['form'], sink: SampleSink) => Decoded & Told

export type Decoders = Readonly<Record<Protocol, Decoder>>
