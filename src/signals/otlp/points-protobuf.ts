import {
  enter,
  leave,
  nextTag,
  readDouble,
  readFixed64,
  readSfixed64,
  readSigned,
  readSpan,
  readVarint,
  readZigzag,
  skip,
  tagOf,
  BYTES,
  FIXED64,
  VARINT,
  type ProtoReader,
} from '../wire/protobuf.ts'
import { textOfValue } from './attributes.ts'
import { beginPair, beginPairs, endPairs, putBytes, putInteger, putText, type Shape } from './key.ts'
import { ANY_VALUE, objectOf } from './message.ts'
import { clear, takeExponential, takeHistogram, takeNumber, takeSummary, type Point, type Taking } from './points.ts'

/*
 * The points of OTLP metrics in protobuf: each function reads one message, of which the reader has its bounds.
 */

/** What is the same for all points of a metric. */
export type OfMetric = {
  readonly taking: Taking
  /** Where, in the key, the name ended. */
  nameEnd: number
  /** Of a gauge or a sum. */
  shape: Shape
}

export type VisitPoint = (reader: ProtoReader, metric: OfMetric) => void

const ATTRIBUTES_7 = tagOf(7, BYTES)
const TIME = tagOf(3, FIXED64)
const AS_DOUBLE = tagOf(4, FIXED64)
const AS_INT = tagOf(6, FIXED64)
const FLAGS_8 = tagOf(8, VARINT)

/** Of a gauge or a sum. */
export function numberPoint(reader: ProtoReader, { taking, nameEnd, shape }: OfMetric): void {
  const { key } = taking
  const point = clear(taking.point)
  beginPairs(key, nameEnd)
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === ATTRIBUTES_7) putAttribute(reader, taking)
    else if (tag === TIME) point.at = readTime(reader)
    else if (tag === AS_DOUBLE) point.value = readDouble(reader)
    else if (tag === AS_INT) point.value = readSfixed64(reader)
    else if (tag === FLAGS_8) point.flags = readVarint(reader)
    else skip(reader, tag)
  }
  endPairs(key)
  takeNumber(taking, shape)
}

const COUNT = tagOf(4, FIXED64)
const SUM_OF = tagOf(5, FIXED64)
const COUNTS_PACKED = tagOf(6, BYTES)
const COUNTS = tagOf(6, FIXED64)
const BOUNDS_PACKED = tagOf(7, BYTES)
const BOUNDS = tagOf(7, FIXED64)
const ATTRIBUTES_9 = tagOf(9, BYTES)
const FLAGS_10 = tagOf(10, VARINT)

export function histogramPoint(reader: ProtoReader, { taking, nameEnd }: OfMetric): void {
  const { key } = taking
  const point = clear(taking.point)
  beginPairs(key, nameEnd)
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === ATTRIBUTES_9) putAttribute(reader, taking)
    else if (tag === TIME) point.at = readTime(reader)
    else if (tag === COUNT) point.count = readFixed64(reader)
    else if (tag === SUM_OF) point.sum = readDouble(reader)
    else if (tag === COUNTS_PACKED) packed(reader, point, readCountFixed)
    else if (tag === COUNTS) readCountFixed(reader, point)
    else if (tag === BOUNDS_PACKED) packed(reader, point, readBound)
    else if (tag === BOUNDS) readBound(reader, point)
    else if (tag === FLAGS_10) point.flags = readVarint(reader)
    else skip(reader, tag)
  }
  endPairs(key)
  takeHistogram(taking)
}

const ATTRIBUTES_1 = tagOf(1, BYTES)
const SCALE = tagOf(6, VARINT)
const ZERO_COUNT = tagOf(7, FIXED64)
const POSITIVE = tagOf(8, BYTES)
const NEGATIVE = tagOf(9, BYTES)

export function exponentialPoint(reader: ProtoReader, { taking, nameEnd }: OfMetric): void {
  const { key } = taking
  const point = clear(taking.point)
  beginPairs(key, nameEnd)
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === ATTRIBUTES_1) putAttribute(reader, taking)
    else if (tag === TIME) point.at = readTime(reader)
    else if (tag === COUNT) point.count = readFixed64(reader)
    else if (tag === SUM_OF) point.sum = readDouble(reader)
    else if (tag === SCALE) point.scale = readZigzag(reader)
    else if (tag === ZERO_COUNT) point.below += readFixed64(reader)
    else if (tag === POSITIVE) buckets(reader, point, readCount)
    else if (tag === NEGATIVE) buckets(reader, point, addBelow)
    else if (tag === FLAGS_10) point.flags = readVarint(reader)
    else skip(reader, tag)
  }
  endPairs(key)
  takeExponential(taking)
}

type ReadInto = (reader: ProtoReader, point: Point) => void

const OFFSET = tagOf(1, VARINT)
const BUCKET_COUNTS_PACKED = tagOf(2, BYTES)
const BUCKET_COUNTS = tagOf(2, VARINT)

function buckets(reader: ProtoReader, point: Point, read: ReadInto): void {
  const outer = enter(reader)
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === OFFSET && read === readCount) point.offset = readZigzag(reader)
    else if (tag === BUCKET_COUNTS_PACKED) packed(reader, point, read)
    else if (tag === BUCKET_COUNTS) read(reader, point)
    else skip(reader, tag)
  }
  leave(reader, outer)
}

const QUANTILE = tagOf(6, BYTES)
const QUANTILE_IS = tagOf(1, FIXED64)
const QUANTILE_VALUE = tagOf(2, FIXED64)

export function summaryPoint(reader: ProtoReader, { taking, nameEnd }: OfMetric): void {
  const { key } = taking
  const point = clear(taking.point)
  beginPairs(key, nameEnd)
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === ATTRIBUTES_7) putAttribute(reader, taking)
    else if (tag === TIME) point.at = readTime(reader)
    else if (tag === COUNT) point.count = readFixed64(reader)
    else if (tag === SUM_OF) point.sum = readDouble(reader)
    else if (tag === QUANTILE) readQuantile(reader, point)
    else if (tag === FLAGS_8) point.flags = readVarint(reader)
    else skip(reader, tag)
  }
  endPairs(key)
  takeSummary(taking)
}

function readQuantile(reader: ProtoReader, point: Point): void {
  const outer = enter(reader)
  let quantile = 0
  let value = 0
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === QUANTILE_IS) quantile = readDouble(reader)
    else if (tag === QUANTILE_VALUE) value = readDouble(reader)
    else skip(reader, tag)
  }
  leave(reader, outer)
  add(point, value)
  point.bounds[point.boundsLength++] = quantile
}

function packed(reader: ProtoReader, point: Point, read: ReadInto): void {
  const outer = enter(reader)
  while (reader.at < reader.end) read(reader, point)
  leave(reader, outer)
}

function readCountFixed(reader: ProtoReader, point: Point): void {
  add(point, readFixed64(reader))
}

function readCount(reader: ProtoReader, point: Point): void {
  add(point, readVarint(reader))
}

/** Typed arrays drop what is written behind their end; the lengths tell later that there was more. */
function add(point: Point, count: number): void {
  point.counts[point.countsLength++] = count
}

function readBound(reader: ProtoReader, point: Point): void {
  point.bounds[point.boundsLength++] = readDouble(reader)
}

function addBelow(reader: ProtoReader, point: Point): void {
  point.below += readVarint(reader)
}

/** The nearest millisecond: nanoseconds of our days are exact to a quarter of a microsecond only. */
function readTime(reader: ProtoReader): number {
  return Math.round(readFixed64(reader) / 1e6)
}

const PAIR_KEY = tagOf(1, BYTES)
const PAIR_VALUE = tagOf(2, BYTES)
const STRING_VALUE = tagOf(1, BYTES)
const INT_VALUE = tagOf(3, VARINT)

/** A pair of a point, from one message to the key. */
function putAttribute(reader: ProtoReader, { key }: Taking): void {
  const outer = enter(reader)
  let [keyFrom, keyTo, from, to] = [0, 0, 0, 0]
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === PAIR_KEY) {
      readSpan(reader)
      keyFrom = reader.from
      keyTo = reader.to
    } else if (tag === PAIR_VALUE) {
      readSpan(reader)
      from = reader.from
      to = reader.to
    } else skip(reader, tag)
  }
  beginPair(key)
  putBytes(key, reader.bytes, keyFrom, keyTo)
  reader.at = from
  const kind = from < to ? nextTag(reader) : 0
  if (kind === STRING_VALUE) {
    readSpan(reader)
    putBytes(key, reader.bytes, reader.from, reader.to)
  } else if (kind === INT_VALUE) putInteger(key, readSigned(reader))
  else putText(key, otherText(reader, from, to))
  reader.at = reader.end
  leave(reader, outer)
}

/** Of a value that is neither text nor integer. */
function otherText(reader: ProtoReader, from: number, to: number): string {
  const { end } = reader
  reader.at = from
  reader.end = to
  const text = textOfValue(objectOf(reader, ANY_VALUE)) ?? ''
  reader.end = end
  return text
}
