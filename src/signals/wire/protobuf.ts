import { UsageError } from '../../domain/errors.ts'
import { textOf } from './utf8.ts'

/**
 * A place in a protobuf message. One object serves a whole body: nothing is made for a field. Every function below moves
 * `at`, never beyond `end`, and throws UsageError with the byte where the body is wrong.
 */
export type ProtoReader = {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** The next byte. */
  at: number
  /** Where the message that is being read ends. */
  end: number
  /** Where the value of the last `readSpan` begins and ends. */
  from: number
  to: number
  /** How many messages are entered. */
  depth: number
  /** The low half of a number that does not fit four bytes. */
  low: number
}

/** Wire types, the low three bits of a tag. */
export const VARINT = 0
export const FIXED64 = 1
export const BYTES = 2
export const FIXED32 = 5

const DEEPEST = 64
const TWO_32 = 4_294_967_296

/** A reader of the message in `bytes` from `start` until `end`. */
export function protoReader(bytes: Uint8Array, start = 0, end: number = bytes.length): ProtoReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { bytes, view, at: start, end, from: 0, to: 0, depth: 0, low: 0 }
}

/** The tag of a field, as `nextTag` answers it. Fields of another wire type than expected are so unknown ones. */
export function tagOf(field: number, wireType: number): number {
  return ((field << 3) | wireType) >>> 0
}

/** The tag of the next field; 0 at the end of the message. */
export function nextTag(reader: ProtoReader): number {
  if (reader.at >= reader.end) return 0
  const tag = readVarint(reader)
  if (tag < 8 || tag >= TWO_32) throw wrong(reader, 'no field has such a number')
  return tag
}

/** An unsigned number; exact until 2^53, near beyond. */
export function readVarint(reader: ProtoReader): number {
  const { bytes, at, end } = reader
  // Most are one byte: tags, and lengths of names.
  const first = at < end ? (bytes[at] as number) : 128
  if (first < 128) {
    reader.at = at + 1
    return first
  }
  const low = readLow(reader)
  return low < 0 ? readHigh(reader) * TWO_32 + reader.low : low
}

/** An int64 or int32 (two's complement); exact until 2^53 either way, near beyond. */
export function readSigned(reader: ProtoReader): number {
  const low = readLow(reader)
  // Above 2^31 the sign stands in the high half.
  return low < 0 ? (readHigh(reader) | 0) * TWO_32 + reader.low : low
}

/** A sint64 or sint32 (zigzag); exact until 2^52 either way, near beyond. */
export function readZigzag(reader: ProtoReader): number {
  const value = readVarint(reader)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

/** A number of at most four bytes; -1 where there are more: then `low` has their 28 bits, and `at` is behind. */
function readLow(reader: ProtoReader): number {
  const { bytes, end } = reader
  let { at } = reader
  let value = 0
  for (let shift = 0; shift < 28; shift += 7) {
    if (at >= end) throw wrong(reader, 'a number is cut off')
    const byte = bytes[at++] as number
    value |= (byte & 127) << shift
    if (byte < 128) {
      reader.at = at
      return value
    }
  }
  reader.at = at
  reader.low = value
  return -1
}

/** What follows the four bytes of `readLow`: answers the high half, and completes the low one. */
function readHigh(reader: ProtoReader): number {
  const { bytes, end } = reader
  let { at } = reader
  let high = 0
  for (let shift = -4; shift < 32; shift += 7) {
    if (at >= end) throw wrong(reader, 'a number is cut off')
    const byte = bytes[at++] as number
    if (shift < 0) {
      reader.low = (reader.low | ((byte & 15) << 28)) >>> 0
      high = (byte & 127) >>> 4
    } else high |= (byte & 127) << shift
    if (byte < 128) {
      reader.at = at
      return high >>> 0
    }
  }
  throw wrong(reader, 'a number is longer than ten bytes')
}

/** A double. */
export function readDouble(reader: ProtoReader): number {
  return reader.view.getFloat64(advance(reader, 8), true)
}

/** A float. */
export function readFloat(reader: ProtoReader): number {
  return reader.view.getFloat32(advance(reader, 4), true)
}

/** A fixed64; exact until 2^53, near beyond (nanoseconds of our days: to a quarter of a microsecond). */
export function readFixed64(reader: ProtoReader): number {
  const at = advance(reader, 8)
  return reader.view.getUint32(at + 4, true) * TWO_32 + reader.view.getUint32(at, true)
}

/** An sfixed64; exact until 2^53 either way, near beyond. */
export function readSfixed64(reader: ProtoReader): number {
  const at = advance(reader, 8)
  return reader.view.getInt32(at + 4, true) * TWO_32 + reader.view.getUint32(at, true)
}

/** A fixed32. */
export function readFixed32(reader: ProtoReader): number {
  return reader.view.getUint32(advance(reader, 4), true)
}

function advance(reader: ProtoReader, length: number): number {
  const { at } = reader
  if (length > reader.end - at) throw wrong(reader, 'a value is cut off')
  reader.at = at + length
  return at
}

/** Bytes, a text, a message or packed numbers: `from` and `to` say where they are, and `at` is behind them. */
export function readSpan(reader: ProtoReader): void {
  const length = readVarint(reader)
  if (length > reader.end - reader.at) throw wrong(reader, `${length} bytes are announced, and fewer are there`)
  reader.from = reader.at
  reader.to = reader.at += length
}

/** A text. */
export function readText(reader: ProtoReader): string {
  readSpan(reader)
  const text = textOf(reader.bytes, reader.from, reader.to)
  if (text === undefined) throw wrong(reader, 'a text is not UTF-8')
  return text
}

/** Goes into a message (or packed numbers): fields are now read until its end. Answers what `leave` wants. */
export function enter(reader: ProtoReader): number {
  readSpan(reader)
  if (++reader.depth > DEEPEST) throw wrong(reader, `messages stand in each other more than ${DEEPEST} deep`)
  const outerEnd = reader.end
  reader.at = reader.from
  reader.end = reader.to
  return outerEnd
}

/** Goes back to the message around, behind the one that was entered, however much of it was read. */
export function leave(reader: ProtoReader, outerEnd: number): void {
  reader.depth--
  reader.at = reader.end
  reader.end = outerEnd
}

/** Passes over the value of a field that is not wanted. */
export function skip(reader: ProtoReader, tag: number): void {
  const wireType = tag & 7
  if (wireType === VARINT) readVarint(reader)
  else if (wireType === FIXED64) advance(reader, 8)
  else if (wireType === BYTES) readSpan(reader)
  else if (wireType === FIXED32) advance(reader, 4)
  else throw wrong(reader, `there is no wire type ${wireType} in what is sent today`)
}

function wrong({ at }: ProtoReader, why: string): UsageError {
  return new UsageError(`cannot read the body: at byte ${at} ${why}`)
}
