import { UsageError } from '../../domain/errors.ts'
import type { Describe, SeriesAbout, SeriesKind } from '../../domain/series.ts'
import {
  BYTES,
  enter,
  leave,
  nextTag,
  protoReader,
  readSpan,
  readText,
  skip,
  tagOf,
  type ProtoReader,
} from '../wire/protobuf.ts'
import { textOf } from '../wire/utf8.ts'

/*
 * What names a series is the bytes of its labels, as remote write 1 sends them: `Label { name = 1; value = 2 }`, each a
 * field 1. Remote write 2 is brought to the same bytes, so that a sender may change over without its series ending. What
 * comes of a native histogram has one field more: what is added to the name.
 */

export const LABEL: number = tagOf(1, BYTES)
export const LABEL_NAME: number = tagOf(1, BYTES)
export const LABEL_VALUE: number = tagOf(2, BYTES)
/** Beside the labels: `_count`, `_sum` or `_bucket`, which is added to the name of the metric. */
export const SUFFIX: number = tagOf(15, BYTES)

/** Beyond these a series is refused for itself: no sender means them. */
const MOST_LABELS = 64
const MOST_NAME_BYTES = 1024
const MOST_VALUE_BYTES = 8192

const METRIC = '__name__'

/** Kinds of metrics by number; those between are gauges of some kind. */
const UNKNOWN = 0
const COUNTER = 1
const HISTOGRAM = 3
const SUMMARY = 5
const STATE_SET = 7

/** Describes a series by its labels, or says what is wrong with them. */
export const describeLabels: Describe = (bytes, start, end) => {
  try {
    return describe(protoReader(bytes, start, end))
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
}

function describe(reader: ProtoReader): SeriesAbout | string {
  const labels: Record<string, string> = {}
  let count = 0
  let metric = ''
  let suffix = ''
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === SUFFIX) suffix = readText(reader)
    else if (tag === LABEL) {
      const pair = readLabel(reader)
      if (typeof pair === 'string') return pair
      const [name, value] = pair
      if (name === METRIC && metric === '') metric = value
      else if (name === METRIC || Object.hasOwn(labels, name)) return `a series has label '${name}' twice`
      // An empty label is the same as none.
      else if (value !== '') {
        put(labels, name, value)
        if (++count > MOST_LABELS) return `a series has more than ${MOST_LABELS} labels`
      }
    } else skip(reader, tag)
  }
  if (metric === '') return 'a series has no name'
  if (metric.length + suffix.length > MOST_NAME_BYTES) return 'the name of a series is too long'
  return { metric: metric + suffix, labels }
}

/** Three times as quick as `Object.fromEntries`, which a million new series notice. */
function put(labels: Record<string, string>, name: string, value: string): void {
  if (name !== '__proto__') labels[name] = value
  else Object.defineProperty(labels, name, { value, enumerable: true, configurable: true, writable: true })
}

function readLabel(reader: ProtoReader): [string, string] | string {
  let name: string | undefined = ''
  let value: string | undefined = ''
  const outer = enter(reader)
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag !== LABEL_NAME && tag !== LABEL_VALUE) {
      skip(reader, tag)
      continue
    }
    readSpan(reader)
    const { bytes, from, to } = reader
    if (to - from > (tag === LABEL_NAME ? MOST_NAME_BYTES : MOST_VALUE_BYTES)) return 'a label is too long'
    if (tag === LABEL_NAME) name = textOf(bytes, from, to)
    else value = textOf(bytes, from, to)
  }
  leave(reader, outer)
  if (name === undefined || value === undefined) return 'a label is not UTF-8'
  return name === '' ? 'a label has no name' : [name, value]
}

/** What a metric, or a family of them, is by the number that both versions of remote write have for it. */
export function kindOf(type: number): SeriesKind | undefined {
  if (type === COUNTER) return 'counter'
  if (type === HISTOGRAM) return 'histogram'
  return type === UNKNOWN || type === SUMMARY || type > STATE_SET ? undefined : 'gauge'
}

/** The same of one series of such a family: what histograms and summaries count is counters. */
export function kindOfSeries(type: number, metric: string): SeriesKind | undefined {
  if (type !== HISTOGRAM && type !== SUMMARY) return kindOf(type)
  if (/_(?:bucket|count|sum)$/.test(metric)) return 'counter'
  return type === SUMMARY ? 'gauge' : 'histogram'
}
