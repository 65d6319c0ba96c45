import { UsageError } from '../../domain/errors.ts'
import type { DecodedLines, SeenEvent } from '../../domain/log-record.ts'
import { labelsFrom } from './labels.ts'
import { plain } from './plain.ts'
import { noRefusals, refuse } from './refusals.ts'
import { momentOf } from './time.ts'

/** A request as it came: the names of headers in small letters, the body as unpacked. */
export type EventRequest = {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Uint8Array
}

const MOST_EVENTS = 1000
const MOST_DATA = 32
const LONGEST_VALUE = 256
const LONGEST_NAME = 1024
const STRUCTURED = 'application/cloudevents+json'
const BATCHED = 'application/cloudevents-batch+json'
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads CloudEvents 1.0 over HTTP: structured and batched as JSON, or binary, its attributes in `ce-` headers. An event
 * that is none is refused for itself.
 *
 * @param now epoch milliseconds
 * @throws UsageError where the body is no such thing at all
 */
export function decodeCloudEvents({ headers, body }: EventRequest, now: number): DecodedLines<SeenEvent> {
  const given = givenEvents(headers, body)
  const refusals = noRefusals()
  const records: SeenEvent[] = []
  for (const one of given.slice(0, MOST_EVENTS)) {
    const event = isObject(one) ? eventOf(one, now) : 'an event is no object'
    if (typeof event === 'string') refuse(refusals, 1, event)
    else records.push(event)
  }
  const more = given.length - MOST_EVENTS
  if (more > 0) refuse(refusals, more, `more than ${MOST_EVENTS} events came at once`)
  return { records, refused: refusals.refused, reasons: refusals.reasons }
}

function givenEvents(headers: EventRequest['headers'], body: Uint8Array): readonly unknown[] {
  const [type = ''] = (textIn(headers, 'content-type') ?? '').toLowerCase().split(';')
  const mediaType = type.trim()
  if (mediaType === STRUCTURED) return [jsonIn(body)]
  if (mediaType === BATCHED) {
    const batch = jsonIn(body)
    if (Array.isArray(batch)) return batch as readonly unknown[]
    throw new UsageError('cannot read the events: a batch is a list')
  }
  if (textIn(headers, 'ce-specversion') !== undefined) return [binaryEvent(headers, mediaType, body)]
  throw new UsageError(`cannot read the events: send them as ${STRUCTURED}, as ${BATCHED}, or with ce- headers`)
}

function binaryEvent(headers: EventRequest['headers'], mediaType: string, body: Uint8Array): Fields {
  const attributes = Object.keys(headers).flatMap((name) => {
    const value = name.startsWith('ce-') ? textIn(headers, name) : undefined
    return value === undefined ? [] : [[name.slice(3), unescaped(value)] as const]
  })
  const data = body.length === 0 ? undefined : dataIn(mediaType, body)
  return { ...Object.fromEntries(attributes), data }
}

function dataIn(mediaType: string, body: Uint8Array): unknown {
  if (JSON_TYPE.test(mediaType)) return jsonIn(body)
  return mediaType.startsWith('text/') ? bufferOf(body).toString() : undefined
}

/** As the HTTP binding writes what a header cannot hold. */
function unescaped(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function eventOf(given: Fields, now: number): SeenEvent | string {
  const { specversion, id, type, source, subject, time, data } = given
  if (specversion !== '1.0') return 'an event is of another version than 1.0'
  if (!isName(id) || !isName(type) || !isName(source)) return 'an event has no id, no type or no source'
  if (subject !== undefined && !isName(subject)) return 'the subject of an event is no text'
  const labels = labelsFrom([...attributesOf(given), ...textsOf(data)])
  if (typeof labels === 'string') return `an event is refused: ${labels}`
  return {
    at: momentOf(time) ?? now,
    type,
    source,
    ...(subject !== undefined && { subject }),
    text: textOf(data),
    labels,
  }
}

/** What names no event, but its kind: the attributes, those of extensions too. */
function attributesOf(given: Fields): [string, string][] {
  return Object.entries(given).flatMap(([name, value]): [string, string][] =>
    isText(value) && !NO_LABELS.has(name) && ATTRIBUTE.test(name) ? [[name, String(value)]] : [],
  )
}

const ATTRIBUTE = /^[a-z_][a-z0-9_]{0,63}$/
const DATA_NAME = /^[A-Za-z_]\w{0,63}$/
const NO_LABELS: ReadonlySet<string> = new Set(
  'id time specversion data data_base64 datacontenttype dataschema'.split(' '),
)

function textsOf(data: unknown): [string, string][] {
  const texts = isObject(data) ? Object.entries(data) : []
  return texts
    .flatMap(([name, value]): [string, string][] =>
      isText(value) && DATA_NAME.test(name) ? [[`data_${name}`, String(value)]] : [],
    )
    .slice(0, MOST_DATA)
}

const MESSAGES = ['message', 'msg', 'text', 'summary', 'description', 'reason'] as const

function textOf(data: unknown): string {
  if (data === undefined || data === null) return ''
  if (typeof data === 'string') return plain(data)
  const message = isObject(data) ? MESSAGES.map((name) => data[name]).find((one) => typeof one === 'string') : undefined
  return plain(message ?? JSON.stringify(data))
}

/** A text, or what is as short as one. */
function isText(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value.length <= LONGEST_VALUE
  return typeof value === 'number' || typeof value === 'boolean'
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(bufferOf(body).toString()) as unknown
  } catch {
    throw new UsageError('cannot read the events: the body is not JSON')
  }
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length)
}

function textIn(headers: EventRequest['headers'], name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
