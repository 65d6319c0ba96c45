import { UsageError } from '../../domain/errors.ts'
import {
  enter,
  leave,
  nextTag,
  readDouble,
  readFixed64,
  readSigned,
  readSpan,
  skip,
  tagOf,
  BYTES,
  FIXED64,
  VARINT,
  type ProtoReader,
} from '../wire/protobuf.ts'
import { textOf } from '../wire/utf8.ts'

/*
 * Protobuf as the objects that the JSON form of the same body parses to, as far as fields are named here: so that what is
 * not the hot path has one decoder for both forms.
 */

/** How a field is read: its name in JSON, and what makes its value. Lists are of messages. */
type Field = {
  readonly name: string
  readonly wireType: number
  readonly isList?: boolean
  readonly read: (reader: ProtoReader, budget: Budget) => unknown
}
/** By tag. */
export type Message = ReadonlyMap<number, Field>

/** How many messages may still be read: a body of empty ones takes far more memory than it has bytes. */
export type Budget = { messages: number }

const MOST_MESSAGES = 500_000

/** @throws UsageError where the body is no such message */
export function objectOf(reader: ProtoReader, message: Message, budget: Budget = { messages: MOST_MESSAGES }): unknown {
  if (--budget.messages < 0) throw new UsageError(`cannot read the body: it has more than ${MOST_MESSAGES} parts`)
  const object: Record<string, unknown> = {}
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    const field = message.get(tag)
    if (!field) skip(reader, tag)
    else if (!field.isList) object[field.name] = field.read(reader, budget)
    else ((object[field.name] ??= []) as unknown[]).push(field.read(reader, budget))
  }
  return object
}

/** What is not UTF-8 is as if it were not there: whoever needs it refuses what it is of, and nothing else. */
const text = (name: string): Field => ({
  name,
  wireType: BYTES,
  read: (reader) => {
    readSpan(reader)
    return textOf(reader.bytes, reader.from, reader.to)
  },
})
const integer = (name: string): Field => ({ name, wireType: VARINT, read: readSigned })
const nanoseconds = (name: string): Field => ({ name, wireType: FIXED64, read: readFixed64 })
/** As the JSON form of OTLP has identities, and as proto3's JSON has all other bytes. */
const bytes = (name: string, encoding: 'hex' | 'base64'): Field => ({
  name,
  wireType: BYTES,
  read: (reader) => {
    readSpan(reader)
    return Buffer.from(reader.bytes.buffer, reader.bytes.byteOffset + reader.from, reader.to - reader.from).toString(
      encoding,
    )
  },
})
const within = (name: string, message: () => Message, isList = false): Field => ({
  name,
  wireType: BYTES,
  isList,
  read: (reader, budget) => {
    const outer = enter(reader)
    const object = objectOf(reader, message(), budget)
    leave(reader, outer)
    return object
  },
})
const listOf = (name: string, message: () => Message): Field => within(name, message, true)

function messageOf(fields: Readonly<Record<number, Field>>): Message {
  return new Map(Object.entries(fields).map(([number, field]) => [tagOf(Number(number), field.wireType), field]))
}

const VALUES: Message = messageOf({ 1: listOf('values', () => ANY_VALUE) })
const PAIRS: Message = messageOf({ 1: listOf('values', () => KEY_VALUE) })
export const ANY_VALUE: Message = messageOf({
  1: text('stringValue'),
  2: { name: 'boolValue', wireType: VARINT, read: (reader) => readSigned(reader) !== 0 },
  3: integer('intValue'),
  4: { name: 'doubleValue', wireType: FIXED64, read: readDouble },
  5: within('arrayValue', () => VALUES),
  6: within('kvlistValue', () => PAIRS),
  7: bytes('bytesValue', 'base64'),
})
const KEY_VALUE: Message = messageOf({ 1: text('key'), 2: within('value', () => ANY_VALUE) })
export const RESOURCE: Message = messageOf({ 1: listOf('attributes', () => KEY_VALUE) })

const SPAN = messageOf({
  1: bytes('traceId', 'hex'),
  2: bytes('spanId', 'hex'),
  4: bytes('parentSpanId', 'hex'),
  6: integer('kind'),
  9: listOf('attributes', () => KEY_VALUE),
})
const SCOPE_SPANS = messageOf({ 2: listOf('spans', () => SPAN) })
const RESOURCE_SPANS = messageOf({
  1: within('resource', () => RESOURCE),
  2: listOf('scopeSpans', () => SCOPE_SPANS),
})
/** `ExportTraceServiceRequest`, as far as it is used. */
export const TRACES: Message = messageOf({ 1: listOf('resourceSpans', () => RESOURCE_SPANS) })

const LOG_RECORD = messageOf({
  1: nanoseconds('timeUnixNano'),
  11: nanoseconds('observedTimeUnixNano'),
  2: integer('severityNumber'),
  3: text('severityText'),
  5: within('body', () => ANY_VALUE),
  6: listOf('attributes', () => KEY_VALUE),
  12: text('eventName'),
})
const SCOPE_LOGS = messageOf({ 2: listOf('logRecords', () => LOG_RECORD) })
const RESOURCE_LOGS = messageOf({
  1: within('resource', () => RESOURCE),
  2: listOf('scopeLogs', () => SCOPE_LOGS),
})
/** `ExportLogsServiceRequest`, as far as it is used. */
export const LOGS: Message = messageOf({ 1: listOf('resourceLogs', () => RESOURCE_LOGS) })
