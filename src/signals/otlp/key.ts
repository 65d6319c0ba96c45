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
}

const MOST_BYTES = 65_536
/** More pairs than this no point has. */
export const MOST_LABELS = 64
export const BOUND_BYTES = 8

export function seriesKey(): SeriesKey {
  const bytes = Buffer.alloc(MOST_BYTES + BOUND_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { bytes, view, end: 0, pairs: new Int32Array(MOST_LABELS), pairCount: 0 }
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

/** The digits of a number as a text; most are short. */
export function putInteger(key: SeriesKey, value: number): void {
  if (value < 0 || value > 999) return putText(key, String(value))
  const digits = value < 10 ? 1 : value < 100 ? 2 : 3
  let at = roomFor(key, digits) + digits
  if (at < digits) return
  for (let rest = value; at > key.end - digits; rest = Math.trunc(rest / 10)) key.bytes[--at] = 48 + (rest % 10)
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

/** The length of the text that is written here. */
export function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
}

/** The end of the key of a bucket or quantile with this bound; the key itself stays without. */
export function boundedEnd(key: SeriesKey, bound: number): number {
  key.view.setFloat64(key.end, bound, true)
  return key.end + BOUND_BYTES
}
