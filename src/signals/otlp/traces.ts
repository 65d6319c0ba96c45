import { excerpt } from '../../lib/excerpt.ts'
import { protoReader } from '../wire/protobuf.ts'
import { attributesOf } from './attributes.ts'
import { fieldOf, listIn, parsedJson, type OtlpForm } from './json.ts'
import { objectOf, TRACES } from './message.ts'

/** What the call graph needs to know of a span. Names are data, whoever sent them. */
export type Span = {
  /** Of the trace and the span, together: names the span among all. */
  readonly id: string
  /** The same of its parent; absent for the first of a trace. */
  readonly parent?: string
  readonly service: string
  /** It serves a request that its parent waits for. A consumer of a queue does not: nobody waits for that. */
  readonly serves: boolean
  /** Whom it calls, as far as it says so itself. */
  readonly peer?: string
}

export type DecodedTraces = {
  readonly spans: readonly Span[]
  /** How many spans could not be read, and why the first of them could not. */
  readonly refused: number
  readonly reasons: readonly string[]
}

const REASONS_KEPT = 5
const LONGEST_NAME = 200
const KIND = { client: 3, producer: 4, consumer: 5 } as const
/** The newest name first; the others are those that instrumentation of some years ago gives. */
const PEER_NAMES = ['peer.service', 'server.address', 'net.peer.name']

/** Reads an OTLP `ExportTraceServiceRequest` in either form, as `decodeTraces`. @throws UsageError */
export function decodeOtlpTraces(body: Uint8Array, form: OtlpForm): DecodedTraces {
  return decodeTraces(form === 'json' ? parsedJson(body) : objectOf(protoReader(body), TRACES))
}

/**
 * Reads the JSON form of an OTLP `ExportTraceServiceRequest`. What is no such body at all throws UsageError; a span that
 * cannot be read is refused for itself, with the reason.
 */
export function decodeTraces(body: unknown): DecodedTraces {
  const spans: Span[] = []
  const reasons: string[] = []
  let refused = 0
  for (const resource of listIn(body, 'resourceSpans', 'the body')) {
    const service = attributesOf(fieldOf(resource, 'resource')).get('service.name')
    for (const scope of listIn(resource, 'scopeSpans', 'a resource')) {
      for (const span of listIn(scope, 'spans', 'a scope')) {
        const read = spanOf(span, service)
        if (typeof read !== 'string') spans.push(read)
        else if ((refused += 1) <= REASONS_KEPT) reasons.push(read)
      }
    }
  }
  return { spans, refused, reasons }
}

/** The span, or why it is none. */
function spanOf(span: unknown, service: string | undefined): Span | string {
  if (!isName(service)) return 'its resource has no service.name'
  const [trace, own] = [idOf(span, 'traceId', 32), idOf(span, 'spanId', 16)]
  if (trace === undefined || own === undefined)
    return `a span of ${excerpt(service)} has no traceId and spanId in hexadecimal`
  const parentId = fieldOf(span, 'parentSpanId')
  const parent = parentId === undefined || parentId === '' ? undefined : idOf(span, 'parentSpanId', 16)
  const kind = kindOf(fieldOf(span, 'kind'))
  const attributes = kind === KIND.client ? attributesOf(span) : new Map<string, string>()
  const peer = PEER_NAMES.map((name) => attributes.get(name)).find(isName)
  return {
    id: `${trace}${own}`,
    ...(parent !== undefined && { parent: `${trace}${parent}` }),
    service,
    serves: kind !== KIND.consumer && kind !== KIND.producer,
    ...(peer !== undefined && { peer }),
  }
}

function idOf(of: unknown, key: string, length: number): string | undefined {
  const value = fieldOf(of, key)
  const isId = typeof value === 'string' && value.length === length && /^[0-9a-fA-F]+$/.test(value)
  return isId ? value.toLowerCase() : undefined
}

/** JSON may give an enumeration by number or by name. */
function kindOf(kind: unknown): number {
  if (typeof kind === 'number') return kind
  const name = String(kind).replace('SPAN_KIND_', '').toLowerCase()
  return Object.hasOwn(KIND, name) ? KIND[name as keyof typeof KIND] : 0
}

function isName(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text.length <= LONGEST_NAME
}
