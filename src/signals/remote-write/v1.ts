import { REFUSED, type SampleSink, type SeriesKind } from '../../domain/series.ts'
import {
  BYTES,
  enter,
  leave,
  nextTag,
  readSpan,
  readText,
  readVarint,
  skip,
  tagOf,
  VARINT,
  type ProtoReader,
} from '../wire/protobuf.ts'
import { refuse } from '../wire/tally.ts'
import { readHistogram } from './histogram.ts'
import { kindOf, LABEL } from './labels.ts'
import {
  beginBody,
  endBody,
  readSample,
  UNKNOWN,
  type RemoteWriteOptions,
  type RemoteWritten,
  type Written,
} from './written.ts'

const SERIES = tagOf(1, BYTES)
const METADATA = tagOf(3, BYTES)
const SAMPLE = tagOf(2, BYTES)
const HISTOGRAM = tagOf(4, BYTES)
const METADATA_KIND = tagOf(1, VARINT)
const METADATA_METRIC = tagOf(2, BYTES)

/**
 * Reads a body of remote write 1 (`prometheus.WriteRequest`, unpacked) into a sink. What is wrong with one series or one
 * sample is refused for itself.
 *
 * @throws UsageError where the body is no such message; what stood before that place has been taken in
 */
export function decodeRemoteWrite(body: Uint8Array, sink: SampleSink, options: RemoteWriteOptions): RemoteWritten {
  const written = beginBody(body, sink, options.now)
  const { reader } = written
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === SERIES) readSeries(written)
    else if (tag === METADATA) readMetadata(reader, options.metadata)
    else skip(reader, tag)
  }
  return endBody(written)
}

function readSeries(written: Written): void {
  const { reader, sink, slots } = written
  const outer = enter(reader)
  const from = reader.at
  let to = from
  let slot = UNKNOWN
  if (slots.size > 0) slots.clear()
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === LABEL) {
      readSpan(reader)
      to = reader.at
      if (slot !== UNKNOWN) slot = misplaced(written)
    } else if (tag === SAMPLE) {
      if (slot === UNKNOWN) slot = sink.slotOf(reader.bytes, from, to, written.describe)
      readSample(written, slot)
    } else if (tag === HISTOGRAM) readHistogram(written, reader.bytes, from, to)
    else skip(reader, tag)
  }
  leave(reader, outer)
}

function misplaced({ tally }: Written): number {
  refuse(tally, 0, 'a series has labels behind its samples')
  return REFUSED
}

function readMetadata(reader: ProtoReader, tell: RemoteWriteOptions['metadata']): void {
  const outer = enter(reader)
  let kind: SeriesKind | undefined
  let metric = ''
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === METADATA_KIND) kind = kindOf(readVarint(reader))
    else if (tag === METADATA_METRIC) metric = readText(reader)
    else skip(reader, tag)
  }
  leave(reader, outer)
  if (kind !== undefined && metric !== '') tell?.(metric, kind)
}
