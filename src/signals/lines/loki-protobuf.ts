import type { DecodedLines, LogLevel, LogRecord } from '../../domain/log-record.ts'
import {
  BYTES,
  enter,
  leave,
  nextTag,
  protoReader,
  readSigned,
  readSpan,
  skip,
  tagOf,
  VARINT,
} from '../wire/protobuf.ts'
import type { ProtoReader } from '../wire/protobuf.ts'
import { labelsIn } from './labels.ts'
import { levelOf } from './level.ts'
import { decoded, namesLevel, pushAt, streamOf, takeLine, type Push, type Stream } from './loki.ts'
import { refuse } from './refusals.ts'

/** `PushRequest` of Loki's `push.proto`; the numbers are those of its fields. */
const STREAM = tagOf(1, BYTES)
const STREAM_LABELS = tagOf(1, BYTES)
const STREAM_ENTRY = tagOf(2, BYTES)
const ENTRY_TIME = tagOf(1, BYTES)
const ENTRY_LINE = tagOf(2, BYTES)
const ENTRY_METADATA = tagOf(3, BYTES)
const TIME_SECONDS = tagOf(1, VARINT)
const TIME_NANOS = tagOf(2, VARINT)
const PAIR_NAME = tagOf(1, BYTES)
const PAIR_VALUE = tagOf(2, BYTES)

/**
 * Reads the protobuf form of a Loki push. A stream or a line that cannot be read is refused for itself; bytes of a line
 * that are no text stand as U+FFFD.
 *
 * @param body as unpacked from its snappy block
 * @param now epoch milliseconds
 * @throws UsageError where it is cut off or no such body
 */
export function decodeLokiProtobuf(body: Uint8Array, now: number): DecodedLines<LogRecord> {
  const push = pushAt(now)
  const reader = protoReader(body)
  eachField(reader, (tag) => (tag === STREAM ? takeStream(push, reader) : skip(reader, tag)))
  return decoded(push)
}

/** The labels may stand behind the lines: so it is gone through twice. */
function takeStream(push: Push, reader: ProtoReader): void {
  const outer = enter(reader)
  const begin = reader.at
  let labels = ''
  let lines = 0
  eachField(reader, (tag) => {
    if (tag === STREAM_ENTRY) lines++
    if (tag === STREAM_LABELS) labels = spanText(reader)
    else skip(reader, tag)
  })
  const stream = streamOf(labelsIn(labels))
  if (typeof stream === 'string') refuse(push, lines, stream)
  else {
    reader.at = begin
    eachField(reader, (tag) => (tag === STREAM_ENTRY ? takeEntry(push, reader, stream) : skip(reader, tag)))
  }
  leave(reader, outer)
}

function takeEntry(push: Push, reader: ProtoReader, stream: Stream): void {
  let at = Number.NaN
  let line = ''
  let said: LogLevel = 'unknown'
  within(reader, (tag) => {
    if (tag === ENTRY_TIME) at = readTime(reader)
    else if (tag === ENTRY_LINE) line = spanText(reader)
    else if (tag === ENTRY_METADATA) said = levelInPair(reader) ?? said
    else skip(reader, tag)
  })
  takeLine(push, stream, at, line, said)
}

function readTime(reader: ProtoReader): number {
  let ms = 0
  within(reader, (tag) => {
    if (tag === TIME_SECONDS) ms += readSigned(reader) * 1000
    else if (tag === TIME_NANOS) ms += readSigned(reader) / 1e6
    else skip(reader, tag)
  })
  return ms
}

function levelInPair(reader: ProtoReader): LogLevel | undefined {
  let name = ''
  let value = ''
  within(reader, (tag) => {
    if (tag === PAIR_NAME) name = spanText(reader)
    else if (tag === PAIR_VALUE) value = spanText(reader)
    else skip(reader, tag)
  })
  return namesLevel(name) ? levelOf(value) : undefined
}

/** Goes through the fields of the message that comes next; `take` moves behind the value of each. */
function within(reader: ProtoReader, take: (tag: number) => void): void {
  const outer = enter(reader)
  eachField(reader, take)
  leave(reader, outer)
}

function eachField(reader: ProtoReader, take: (tag: number) => void): void {
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) take(tag)
}

function spanText(reader: ProtoReader): string {
  readSpan(reader)
  const { bytes, from, to } = reader
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString()
}
