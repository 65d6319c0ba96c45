import type { Describe, SeriesKind } from '../../domain/series.ts'
import type { Labels } from '../../domain/signal.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { textOf } from '../wire/utf8.ts'
import { labelNameOf, metricNameOf, type NameSuffix } from './names.ts'

/*
 * The bytes that name a series, written for every point into one buffer that is used again and again, so that a series
 * that is known costs no text. The same whether it came as JSON or protobuf, and in whatever order its attributes came.
 *
 *   shape, number of pairs of the resource, those pairs, unit, name, pairs of the point [, bound]
 *
 * Every text is two bytes of length and then UTF-8; the bound of a bucket or quantile is a float64.
 */

/** Which of the series that a metric comes to. */
export const SHAPE = { gauge: 0, counter: 1, upDown: 2, count: 3, sum: 4, bucket: 5, quantile: 6 } as const
export type Shape = (typeof SHAPE)[keyof typeof SHAPE]

export type SeriesKey = {
  readonly bytes: Buffer
  readonly view: DataView
  /** Where what is written ends; beyond `MOST_BYTES` when it did not fit, until it is set back. */
  end: number
  /** Where each pair of the point begins. */
  readonly pairs: Int32Array
  pairCount: number
  inOrder: boolean
}

const MOST_BYTES = 65_536
/** As many labels, and of this size, as remote write takes too. */
const MOST_LABELS = 64
const LONGEST_NAME = 1024
const LONGEST_VALUE = 8192
const BOUND_BYTES = 8

export function seriesKey(): SeriesKey {
  const bytes = Buffer.alloc(MOST_BYTES + BOUND_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { bytes, view, end: 0, pairs: new Int32Array(MOST_LABELS), pairCount: 0, inOrder: true }
}

/** Whether all that was written is there. */
export function isWhole(key: SeriesKey): boolean {
  return key.end <= MOST_BYTES
}

/** Begins a key anew, with what the resource says of every series. */
export function putResource(key: SeriesKey, labels: Iterable<readonly [string, string]>): void {
  key.end = 2
  let count = 0
  for (const [name, value] of labels) {
    putText(key, name)
    putText(key, value)
    count++
  }
  key.bytes[1] = count
}

/** Begins the pairs of a point behind `end`, which is where the name ended. */
export function beginPairs(key: SeriesKey, end: number): void {
  key.end = end
  key.pairCount = 0
  key.inOrder = true
}

/** Says that the name of a pair comes next, and its value after that. */
export function beginPair(key: SeriesKey): void {
  if (key.pairCount >= MOST_LABELS) key.end = MOST_BYTES + 1
  else key.pairs[key.pairCount++] = key.end
}

/** A text, from UTF-8 bytes. */
export function putBytes(key: SeriesKey, from: Uint8Array, start: number, end: number): void {
  const { bytes } = key
  let at = roomFor(key, end - start)
  if (at < 0) return
  for (let i = start; i < end; i++) bytes[at++] = from[i] as number
}

export function putText(key: SeriesKey, text: string): void {
  const { bytes, end } = key
  const { length } = text
  if (end + 2 + length > MOST_BYTES) return void (key.end = MOST_BYTES + 1)
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return putWide(key, text)
    bytes[end + 2 + i] = code
  }
  roomFor(key, length)
}

function putWide(key: SeriesKey, text: string): void {
  const at = roomFor(key, Buffer.byteLength(text))
  if (at >= 0) key.bytes.write(text, at)
}

/** Writes the length; where the text goes, or -1 where there is no room. */
function roomFor(key: SeriesKey, length: number): number {
  const { bytes, end } = key
  if (end + 2 + length > MOST_BYTES) {
    key.end = MOST_BYTES + 1
    return -1
  }
  bytes[end] = length & 255
  bytes[end + 1] = length >> 8
  key.end = end + 2 + length
  return end + 2
}

/** Brings the pairs of a point into the one order that they always have. */
export function endPairs(key: SeriesKey): void {
  const { pairs, pairCount } = key
  if (!isWhole(key)) return
  for (let i = 1; i < pairCount; i++) {
    if (isBefore(key.bytes, pairs[i] as number, pairs[i - 1] as number)) return reorder(key)
  }
}

/** Any order will do, as long as it is the same for the same names: shorter ones first. */
function isBefore(bytes: Uint8Array, a: number, b: number): boolean {
  const length = lengthAt(bytes, a)
  const other = lengthAt(bytes, b)
  if (length !== other) return length < other
  for (let i = 2; i < length + 2; i++) {
    const difference = (bytes[a + i] as number) - (bytes[b + i] as number)
    if (difference !== 0) return difference < 0
  }
  return false
}

const spare = new Uint8Array(MOST_BYTES)

function reorder({ bytes, pairs, pairCount, end }: SeriesKey): void {
  const first = pairs[0] as number
  for (let i = 1; i < pairCount; i++) {
    const pair = pairs[i] as number
    let at = i
    for (; at > 0 && isBefore(bytes, pair, pairs[at - 1] as number); at--) pairs[at] = pairs[at - 1] as number
    pairs[at] = pair
  }
  let to = first
  for (let i = 0; i < pairCount; i++) {
    const from = pairs[i] as number
    const behind = endOfPair(bytes, from)
    for (let at = from; at < behind; at++) spare[to++] = bytes[at] as number
  }
  for (let at = first; at < end; at++) bytes[at] = spare[at] as number
}

function endOfPair(bytes: Uint8Array, pair: number): number {
  const value = pair + 2 + lengthAt(bytes, pair)
  return value + 2 + lengthAt(bytes, value)
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
}

/** The end of the key of a bucket or quantile with this bound; the key itself stays without. */
export function boundedEnd(key: SeriesKey, bound: number): number {
  key.view.setFloat64(key.end, bound, true)
  return key.end + BOUND_BYTES
}

/** Reads name and labels from a key. Labels whose names come to the same are joined with `;`, as Prometheus does. */
export const describeKey: Describe = (bytes, start, end) => {
  const shape = bytes[start] as Shape
  const hasBound = shape === SHAPE.bucket || shape === SHAPE.quantile
  const texts = textsOf(bytes, start + 2, hasBound ? end - BOUND_BYTES : end)
  if (texts === undefined) return 'a name or a label is not UTF-8'
  const own = 2 * (bytes[start + 1] as number)
  const [unit, name] = texts.splice(own, 2) as [string, string]
  const metric = metricNameOf(name, unit, suffixOf(shape, unit)) + (PARTS[shape] ?? '')
  if (!/[a-zA-Z0-9]/.test(name)) return `a metric has no name, or none that can be read: ${excerpt(name)}`
  if (metric.length > LONGEST_NAME) return `a metric's name is longer than ${LONGEST_NAME}: ${excerpt(metric)}`
  const bound = hasBound ? new DataView(bytes.buffer, bytes.byteOffset + end - BOUND_BYTES).getFloat64(0, true) : 0
  const labels = labelsOf(texts, own, metric)
  if (typeof labels === 'string') return labels
  if (hasBound) labels.set(shape === SHAPE.bucket ? 'le' : 'quantile', bound === Infinity ? '+Inf' : String(bound))
  return { metric, labels: Object.fromEntries(labels), ...kindOf(shape, unit) }
}

const PARTS: Readonly<Partial<Record<Shape, string>>> = {
  [SHAPE.count]: '_count',
  [SHAPE.sum]: '_sum',
  [SHAPE.bucket]: '_bucket',
}

function suffixOf(shape: Shape, unit: string): NameSuffix {
  if (shape === SHAPE.counter) return 'total'
  return shape === SHAPE.gauge && unit === '1' ? 'ratio' : undefined
}

/** What the sender says of it; of a gauge, the name says more. */
function kindOf(shape: Shape, unit: string): { readonly kind?: SeriesKind } {
  if (shape === SHAPE.gauge) return unit === '1' ? { kind: 'ratio' } : {}
  if (shape === SHAPE.upDown) return { kind: 'gauge' }
  return shape === SHAPE.quantile ? {} : { kind: 'counter' }
}

function textsOf(bytes: Uint8Array, start: number, end: number): string[] | undefined {
  const texts: string[] = []
  for (let at = start; at < end;) {
    const behind = at + 2 + lengthAt(bytes, at)
    const text = textOf(bytes, at + 2, behind)
    if (text === undefined) return undefined
    texts.push(text)
    at = behind
  }
  return texts
}

/** The labels, or why they are none. What the resource says (the first `own` texts) no point changes. */
function labelsOf(texts: readonly string[], own: number, metric: string): Map<string, string> | string {
  const labels = new Map<string, string>()
  for (let i = 0; i < texts.length; i += 2) {
    const name = labelNameOf(texts[i] as string)
    const value = texts[i + 1] as string
    if (name === '') return `a label of ${excerpt(metric)} has no name`
    if (name.length > LONGEST_NAME) return `a label of ${excerpt(metric)} has a name longer than ${LONGEST_NAME}`
    if (value.length > LONGEST_VALUE) return `${excerpt(name)} of ${excerpt(metric)} is longer than ${LONGEST_VALUE}`
    // The one is as if it were not there, and the other is the metric's own.
    if (value === '' || name === '__name__') continue
    const was = labels.get(name)
    if (was === undefined) labels.set(name, value)
    else if (i >= own && !isOwn(texts, own, name)) labels.set(name, `${was};${value}`)
  }
  if (labels.size > MOST_LABELS) return `${excerpt(metric)} has more than ${MOST_LABELS} labels`
  return labels
}

function isOwn(texts: readonly string[], own: number, name: string): boolean {
  return texts.slice(0, own).some((text, i) => i % 2 === 0 && labelNameOf(text) === name)
}
