import { UsageError } from '../../domain/errors.ts'
import { REFUSED, type SampleSink } from '../../domain/series.ts'
import {
  BYTES,
  enter,
  leave,
  nextTag,
  protoReader,
  readSpan,
  readVarint,
  skip,
  tagOf,
  VARINT,
  type ProtoReader,
} from '../wire/protobuf.ts'
import { refuse } from '../wire/tally.ts'
import { readHistogram } from './histogram.ts'
import { keysFor, putLabel, type Keys } from './keys.ts'
import {
  beginBody,
  endBody,
  readSample,
  UNKNOWN,
  type RemoteWriteOptions,
  type RemoteWritten,
  type Written,
} from './written.ts'

/** Where the texts of a body begin and end: two numbers each. */
type Symbols = { places: Uint32Array; count: number }
type WithSymbols = Written & {
  readonly symbols: Symbols
  /** The labels of the series that is being read, as version 1 has them. */
  readonly labels: Keys
  /** Where the series is that is being read. */
  readonly series: { from: number; to: number }
}

const SYMBOL = tagOf(4, BYTES)
const SERIES = tagOf(5, BYTES)
const REFS = tagOf(1, BYTES)
const LONE_REF = tagOf(1, VARINT)
const SAMPLE = tagOf(2, BYTES)
const HISTOGRAM = tagOf(3, BYTES)
const METADATA = tagOf(5, BYTES)
const METADATA_TYPE = tagOf(1, VARINT)
const MOST_SYMBOLS = 1_000_000

/**
 * Reads a body of remote write 2 (`io.prometheus.write.v2.Request`, unpacked) into a sink, under the same keys as version
 * 1 has. What is wrong with one series or one sample is refused for itself.
 *
 * @throws UsageError where the body is no such message; what stood before that place has been taken in
 */
export function decodeRemoteWriteV2(body: Uint8Array, sink: SampleSink, options: RemoteWriteOptions): RemoteWritten {
  const base = beginBody(body, sink, options.now, () => typeOf(written))
  const written: WithSymbols = {
    ...base,
    symbols: { places: new Uint32Array(512), count: 0 },
    labels: keysFor(body.length),
    series: { from: 0, to: 0 },
  }
  const { reader } = written
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === SYMBOL) {
      readSpan(reader)
      addSymbol(written.symbols, reader.from, reader.to)
    } else if (tag === SERIES) readSeries(written)
    else skip(reader, tag)
  }
  return endBody(written)
}

function addSymbol(symbols: Symbols, from: number, to: number): void {
  if (symbols.count === MOST_SYMBOLS) throw new UsageError(`cannot read the body: it has over ${MOST_SYMBOLS} symbols`)
  if (2 * symbols.count === symbols.places.length) {
    const larger = new Uint32Array(4 * symbols.count)
    larger.set(symbols.places)
    symbols.places = larger
  }
  symbols.places[2 * symbols.count] = from
  symbols.places[2 * symbols.count + 1] = to
  symbols.count++
}

function readSeries(written: WithSymbols): void {
  const { reader, sink, labels, slots, series } = written
  const outer = enter(reader)
  series.from = reader.at
  series.to = reader.end
  labels.length = 0
  if (slots.size > 0) slots.clear()
  let slot = UNKNOWN
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === REFS) {
      if (!readRefs(written) || slot !== UNKNOWN)
        slot = refused(written, 'the labels of a series are no symbols, too long in all, or behind its samples')
    } else if (tag === SAMPLE) {
      if (slot === UNKNOWN) slot = sink.slotOf(labels.bytes, 0, labels.length, written.describe)
      readSample(written, slot)
    } else if (tag === HISTOGRAM) readHistogram(written, labels.bytes, 0, labels.length)
    else if (tag === LONE_REF) {
      readVarint(reader)
      slot = refused(written, 'the labels of a series are not packed')
    } else skip(reader, tag)
  }
  leave(reader, outer)
}

function refused({ tally, labels }: WithSymbols, why: string): number {
  refuse(tally, 0, why)
  labels.length = 0
  return REFUSED
}

/** Puts the labels that are referred to behind each other; false where that cannot be. */
function readRefs({ reader, labels, symbols }: WithSymbols): boolean {
  const { bytes } = reader
  const { places, count } = symbols
  const outer = enter(reader)
  let isRight = true
  while (isRight && reader.at < reader.end) {
    const name = readVarint(reader)
    const value = reader.at < reader.end ? readVarint(reader) : count
    isRight =
      name < count &&
      value < count &&
      putLabel(
        labels,
        bytes,
        places[2 * name] as number,
        places[2 * name + 1] as number,
        bytes,
        places[2 * value] as number,
        places[2 * value + 1] as number,
      )
  }
  leave(reader, outer)
  return isRight
}

/** What the series is, which is said behind its samples: asked for only when it is new. */
function typeOf({ reader, series }: WithSymbols): number {
  const again = protoReader(reader.bytes, series.from, series.to)
  for (let tag = nextTag(again); tag !== 0; tag = nextTag(again)) {
    if (tag === METADATA) return typeIn(again)
    skip(again, tag)
  }
  return 0
}

function typeIn(reader: ProtoReader): number {
  enter(reader)
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === METADATA_TYPE) return readVarint(reader)
    skip(reader, tag)
  }
  return 0
}
