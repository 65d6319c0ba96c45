import {
  enter,
  leave,
  nextTag,
  protoReader,
  readSpan,
  readVarint,
  skip,
  tagOf,
  BYTES,
  VARINT,
  type ProtoReader,
} from '../wire/protobuf.ts'
import { attributesOf, resourceLabels } from './attributes.ts'
import { putBytes, putResource, SHAPE } from './key.ts'
import { objectOf, RESOURCE } from './message.ts'
import {
  exponentialPoint,
  histogramPoint,
  numberPoint,
  summaryPoint,
  type OfMetric,
  type VisitPoint,
} from './points-protobuf.ts'
import type { Taking } from './points.ts'

/*
 * `ExportMetricsServiceRequest` in protobuf, read in place: nothing is made for a point. Fields may come in any order, so
 * a message whose parts need each other is gone through twice: passing over what is not wanted costs little.
 */

type Context = OfMetric & {
  readonly resourceLabels: readonly string[]
  /** Where, in the key, the resource ended. */
  resourceEnd: number
}

const RESOURCE_METRICS = tagOf(1, BYTES)
const RESOURCE_OF = tagOf(1, BYTES)
const SCOPE_METRICS = tagOf(2, BYTES)
const METRIC = tagOf(2, BYTES)
const METRIC_NAME = tagOf(1, BYTES)
const METRIC_UNIT = tagOf(3, BYTES)
const GAUGE = tagOf(5, BYTES)
const SUM = tagOf(7, BYTES)
const HISTOGRAM = tagOf(9, BYTES)
const EXPONENTIAL = tagOf(10, BYTES)
const SUMMARY = tagOf(11, BYTES)
const POINT = tagOf(1, BYTES)
const TEMPORALITY = tagOf(2, VARINT)
const MONOTONIC = tagOf(3, VARINT)
const DELTA = 1

/** @throws UsageError with the byte where the body is wrong; points before it are taken */
export function takeProtobuf(body: Uint8Array, taking: Taking, chosen: readonly string[]): void {
  const context: Context = { taking, resourceLabels: chosen, resourceEnd: 0, nameEnd: 0, shape: SHAPE.gauge }
  each(protoReader(body), RESOURCE_METRICS, ofResource, context)
}

/** Visits every message of this tag in the message that is being read. */
function each(
  reader: ProtoReader,
  wanted: number,
  visit: (reader: ProtoReader, context: Context) => void,
  context: Context,
): void {
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === wanted) {
      const outer = enter(reader)
      visit(reader, context)
      leave(reader, outer)
    } else skip(reader, tag)
  }
}

function ofResource(reader: ProtoReader, context: Context): void {
  const { at } = reader
  const { key } = context.taking
  putResource(key, [])
  each(reader, RESOURCE_OF, resource, context)
  context.resourceEnd = key.end
  reader.at = at
  each(reader, SCOPE_METRICS, ofScope, context)
}

function resource(reader: ProtoReader, { taking, resourceLabels: chosen }: Context): void {
  putResource(taking.key, resourceLabels(attributesOf(objectOf(reader, RESOURCE)), chosen))
}

function ofScope(reader: ProtoReader, context: Context): void {
  each(reader, METRIC, ofMetric, context)
}

function ofMetric(reader: ProtoReader, context: Context): void {
  const { at, bytes } = reader
  let [nameFrom, nameTo, unitFrom, unitTo] = [0, 0, 0, 0]
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === METRIC_NAME) {
      readSpan(reader)
      nameFrom = reader.from
      nameTo = reader.to
    } else if (tag === METRIC_UNIT) {
      readSpan(reader)
      unitFrom = reader.from
      unitTo = reader.to
    } else skip(reader, tag)
  }
  const { key } = context.taking
  key.end = context.resourceEnd
  putBytes(key, bytes, unitFrom, unitTo)
  putBytes(key, bytes, nameFrom, nameTo)
  context.nameEnd = key.end
  reader.at = at
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    const visit = POINTS.get(tag)
    if (!visit) skip(reader, tag)
    else ofData(reader, tag === GAUGE, visit, context)
  }
}

function ofData(reader: ProtoReader, isGauge: boolean, visit: VisitPoint, context: Context): void {
  const outer = enter(reader)
  const { at } = reader
  let delta = false
  let monotonic = false
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === TEMPORALITY) delta = readVarint(reader) === DELTA
    else if (tag === MONOTONIC) monotonic = readVarint(reader) !== 0
    else skip(reader, tag)
  }
  context.taking.delta = delta
  context.shape = isGauge ? SHAPE.gauge : monotonic ? SHAPE.counter : SHAPE.upDown
  reader.at = at
  each(reader, POINT, visit, context)
  leave(reader, outer)
}

const POINTS: ReadonlyMap<number, VisitPoint> = new Map([
  [GAUGE, numberPoint],
  [SUM, numberPoint],
  [HISTOGRAM, histogramPoint],
  [EXPONENTIAL, exponentialPoint],
  [SUMMARY, summaryPoint],
])
