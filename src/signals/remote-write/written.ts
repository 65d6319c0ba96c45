import type { Decoded, Describe, SampleSink, SeriesKind } from '../../domain/series.ts'
import {
  enter,
  FIXED64,
  leave,
  nextTag,
  protoReader,
  readDouble,
  readSigned,
  skip,
  tagOf,
  VARINT,
  type ProtoReader,
} from '../wire/protobuf.ts'
import { decodedOf, pushTallied, refuse, tallyAt, type Tally } from '../wire/tally.ts'
import { keysFor, type Keys } from './keys.ts'
import { describeLabels, kindOfSeries } from './labels.ts'

export type RemoteWriteOptions = {
  /** Epoch milliseconds. */
  readonly now: number
  /** Told what a metric, or a family of them, is; only version 1 has it apart from the series. */
  readonly metadata?: (metric: string, kind: SeriesKind) => void
}

/** `histograms` counts native ones: each becomes samples of several series, which `samples` does not count. */
export type RemoteWritten = Decoded & { readonly histograms: number }

/** A body that is being read, of either version. */
export type Written = {
  readonly reader: ProtoReader
  readonly sink: SampleSink
  readonly tally: Tally
  readonly describe: Describe
  readonly keys: Keys
  /** Of the series that is being read: slots of what its histograms become, by what tells them apart. */
  readonly slots: Map<string, number>
  histograms: number
}

/** No slot was looked up yet. */
export const UNKNOWN = -3

const VALUE = tagOf(1, FIXED64)
const TIMESTAMP = tagOf(2, VARINT)

/** Begins to read a body. @param typeOf the number for what the series is that is being read, asked when it is new */
export function beginBody(body: Uint8Array, sink: SampleSink, now: number, typeOf: () => number = () => 0): Written {
  const tally = tallyAt(now)
  const describe: Describe = (bytes, start, end) => {
    const about = describeLabels(bytes, start, end)
    // What is refused of the series is counted with its samples.
    if (typeof about === 'string') {
      refuse(tally, 0, about)
      return about
    }
    const kind = kindOfSeries(typeOf(), about.metric)
    return kind === undefined ? about : { ...about, kind }
  }
  const keys = keysFor(body.length)
  return { reader: protoReader(body), sink, tally, describe, keys, slots: new Map(), histograms: 0 }
}

export function endBody({ tally, histograms }: Written): RemoteWritten {
  return { ...decodedOf(tally), histograms }
}

/** Reads a sample of the series in `slot`; both versions put it alike. */
export function readSample({ reader, sink, tally }: Written, slot: number): void {
  const outer = enter(reader)
  let value = 0
  let at = 0
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === VALUE) value = readDouble(reader)
    else if (tag === TIMESTAMP) at = readSigned(reader)
    else skip(reader, tag)
  }
  leave(reader, outer)
  pushTallied(sink, tally, slot, at, value)
}
