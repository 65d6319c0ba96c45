import { LABEL, LABEL_NAME, LABEL_VALUE, SUFFIX } from './labels.ts'

/**
 * Bytes that name a series, put together where the body does not have them in one piece. A table of symbols makes long
 * names from few bytes: `left` bounds what may come of a whole body.
 */
export type Keys = {
  bytes: Uint8Array
  length: number
  left: number
}

const MOST_KEY_BYTES = 16_384
/** Real bodies come to about eight times their length. */
const MOST_FROM_A_BYTE = 64
/** Up to here a loop is quicker than a call. */
const SHORT = 48

/** @param bodyBytes how long the body is that names are made from */
export function keysFor(bodyBytes: number): Keys {
  return { bytes: new Uint8Array(0), length: 0, left: 1_000_000 + MOST_FROM_A_BYTE * bodyBytes }
}

/** Adds bytes as they are; false where that is more than a series, or all of a body, may have. */
export function putBytes(keys: Keys, source: Uint8Array, from: number, to: number): boolean {
  if (!makeRoom(keys, to - from)) return false
  copy(keys, source, from, to)
  return true
}

/** Adds a label, its name and value each from some bytes; false as `putBytes`. */
export function putLabel(
  keys: Keys,
  name: Uint8Array,
  nameFrom: number,
  nameTo: number,
  value: Uint8Array,
  valueFrom: number,
  valueTo: number,
): boolean {
  const nameBytes = nameTo - nameFrom
  const valueBytes = valueTo - valueFrom
  if (!makeRoom(keys, nameBytes + valueBytes + 16)) return false
  keys.bytes[keys.length++] = LABEL
  putLength(keys, 2 + widthOf(nameBytes) + nameBytes + widthOf(valueBytes) + valueBytes)
  keys.bytes[keys.length++] = LABEL_NAME
  putLength(keys, nameBytes)
  copy(keys, name, nameFrom, nameTo)
  keys.bytes[keys.length++] = LABEL_VALUE
  putLength(keys, valueBytes)
  copy(keys, value, valueFrom, valueTo)
  return true
}

/** Adds what the name of the metric ends in; false as `putBytes`. */
export function putSuffix(keys: Keys, suffix: Uint8Array): boolean {
  if (!makeRoom(keys, suffix.length + 8)) return false
  keys.bytes[keys.length++] = SUFFIX
  putLength(keys, suffix.length)
  copy(keys, suffix, 0, suffix.length)
  return true
}

function makeRoom(keys: Keys, count: number): boolean {
  const length = keys.length + count
  keys.left -= count
  if (length > MOST_KEY_BYTES || keys.left < 0) return false
  if (length > keys.bytes.length) {
    const larger = new Uint8Array(Math.max(1024, length, 2 * keys.bytes.length))
    larger.set(keys.bytes)
    keys.bytes = larger
  }
  return true
}

function copy(keys: Keys, source: Uint8Array, from: number, to: number): void {
  const { bytes, length } = keys
  keys.length += to - from
  if (to - from > SHORT) bytes.set(source.subarray(from, to), length)
  else for (let i = from; i < to; i++) bytes[length + i - from] = source[i] as number
}

/** How many bytes a number takes that is below 2^14, as all lengths within a key are. */
function widthOf(value: number): number {
  return value < 128 ? 1 : 2
}

function putLength(keys: Keys, value: number): void {
  let rest = value
  for (; rest > 127; rest >>>= 7) keys.bytes[keys.length++] = (rest & 127) | 128
  keys.bytes[keys.length++] = rest
}
