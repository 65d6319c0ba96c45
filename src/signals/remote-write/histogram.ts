import { REFUSED } from '../../domain/series.ts'
import {
  BYTES,
  enter,
  FIXED64,
  leave,
  nextTag,
  readDouble,
  readSigned,
  readVarint,
  readZigzag,
  skip,
  tagOf,
  VARINT,
  type ProtoReader,
} from '../wire/protobuf.ts'
import { isTaken, refuse } from '../wire/tally.ts'
import { bucketsOf, type Native, type Side } from './buckets.ts'
import { putBytes, putLabel, putSuffix } from './keys.ts'
import type { Written } from './written.ts'

type Read = Native & { sum: number; at: number }

const COUNT = tagOf(1, VARINT)
const COUNT_FLOAT = tagOf(2, FIXED64)
const SUM = tagOf(3, FIXED64)
const SCHEMA = tagOf(4, VARINT)
const ZERO_THRESHOLD = tagOf(5, FIXED64)
const ZERO_COUNT = tagOf(6, VARINT)
const ZERO_COUNT_FLOAT = tagOf(7, FIXED64)
const NEGATIVE = { runs: tagOf(8, BYTES), deltas: tagOf(9, BYTES), counts: tagOf(10, BYTES) }
const POSITIVE = { runs: tagOf(11, BYTES), deltas: tagOf(12, BYTES), counts: tagOf(13, BYTES) }
const TIMESTAMP = tagOf(15, VARINT)
const OWN_BOUNDS = tagOf(16, BYTES)
const GAP = tagOf(1, VARINT)
const LENGTH = tagOf(2, VARINT)

const encoder = new TextEncoder()
const SUFFIX_COUNT = encoder.encode('_count')
const SUFFIX_SUM = encoder.encode('_sum')
const SUFFIX_BUCKET = encoder.encode('_bucket')
const LE = encoder.encode('le')

/**
 * Reads a native histogram, which both versions of remote write put alike, as what a classic one would be: `_count`, `_sum`
 * and `_bucket`. The labels of its series are `labels` from `from` until `to`.
 */
export function readHistogram(written: Written, labels: Uint8Array, from: number, to: number): void {
  const { sink, tally, reader } = written
  const read = readNative(reader)
  const { at } = read
  // What ends a series has no number as sum and counts nothing; its buckets just do not come again.
  const isEnd = Number.isNaN(read.sum) && read.count === 0
  const buckets = isEnd ? [] : bucketsOf(read)
  if (typeof buckets === 'string') return refuse(tally, 1, buckets)
  const slotOf = (suffix: Uint8Array, le = ''): number => slotOfPart(written, { labels, from, to, suffix, le })
  const first = slotOf(SUFFIX_COUNT)
  if (!isTaken(tally, first, at)) return
  written.histograms++
  sink.push(first, at, isEnd ? Number.NaN : read.count)
  const push = (slot: number, value: number): void => (slot < 0 ? undefined : sink.push(slot, at, value))
  push(slotOf(SUFFIX_SUM), read.sum)
  for (const { le, count } of buckets) push(slotOf(SUFFIX_BUCKET, le), count)
}

type Part = {
  readonly labels: Uint8Array
  readonly from: number
  readonly to: number
  readonly suffix: Uint8Array
  readonly le: string
}

/** Many histograms of one series, as after a pause, have their parts looked up once. */
function slotOfPart(written: Written, part: Part): number {
  const { slots } = written
  const name = part.le === '' ? (part.suffix === SUFFIX_SUM ? 'sum' : 'count') : part.le
  const known = slots.get(name)
  if (known !== undefined) return known
  const slot = newSlotOfPart(written, part)
  slots.set(name, slot)
  return slot
}

function newSlotOfPart({ sink, describe, keys, tally }: Written, { labels, from, to, suffix, le }: Part): number {
  keys.length = 0
  const value = encoder.encode(le)
  const fits =
    putBytes(keys, labels, from, to) &&
    (le === '' || putLabel(keys, LE, 0, LE.length, value, 0, value.length)) &&
    putSuffix(keys, suffix)
  if (fits) return sink.slotOf(keys.bytes, 0, keys.length, describe)
  refuse(tally, 0, 'the labels of a native histogram are too long')
  return REFUSED
}

function readNative(reader: ProtoReader): Read {
  const outer = enter(reader)
  const read: Read = {
    count: 0,
    sum: 0,
    at: 0,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    bounds: [],
    positive: { gaps: [], lengths: [], counts: [] },
    negative: { gaps: [], lengths: [], counts: [] },
  }
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === COUNT) read.count = readVarint(reader)
    else if (tag === COUNT_FLOAT) read.count = readDouble(reader)
    else if (tag === SUM) read.sum = readDouble(reader)
    else if (tag === SCHEMA) read.schema = readZigzag(reader)
    else if (tag === ZERO_THRESHOLD) read.zeroThreshold = readDouble(reader)
    else if (tag === ZERO_COUNT) read.zeroCount = readVarint(reader)
    else if (tag === ZERO_COUNT_FLOAT) read.zeroCount = readDouble(reader)
    else if (tag === TIMESTAMP) read.at = readSigned(reader)
    else if (tag === OWN_BOUNDS) read.bounds = packed(reader, readDouble)
    else if (!readSide(reader, tag, POSITIVE, read.positive) && !readSide(reader, tag, NEGATIVE, read.negative)) {
      skip(reader, tag)
    }
  }
  leave(reader, outer)
  return read
}

function readSide(reader: ProtoReader, tag: number, tags: typeof POSITIVE, side: Side): boolean {
  let sum = 0
  if (tag === tags.runs) readRun(reader, side)
  else if (tag === tags.deltas) for (const delta of packed(reader, readZigzag)) side.counts.push((sum += delta))
  else if (tag === tags.counts) for (const count of packed(reader, readDouble)) side.counts.push(count)
  else return false
  return true
}

function readRun(reader: ProtoReader, { gaps, lengths }: Side): void {
  const outer = enter(reader)
  let gap = 0
  let length = 0
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === GAP) gap = readZigzag(reader)
    else if (tag === LENGTH) length = readVarint(reader)
    else skip(reader, tag)
  }
  leave(reader, outer)
  gaps.push(gap)
  lengths.push(length)
}

function packed(reader: ProtoReader, read: (reader: ProtoReader) => number): number[] {
  const outer = enter(reader)
  const values: number[] = []
  while (reader.at < reader.end) values.push(read(reader))
  leave(reader, outer)
  return values
}
