import { randomBytes } from 'node:crypto'
import type { InstanceOptions } from './layout.ts'

/** A piece of work that is traced, and the calls it makes. */
export type Span = {
  /** A call of another service; `header` carries the trace there. */
  call(service: string): { readonly header: Readonly<Record<string, string>>; end(served: boolean): void }
  end(served: boolean): void
}

/** Begins a span for one request in so many, or for one whose caller is traced; undefined for the rest. */
export type Tracer = (name: string, traceparent: string | string[] | undefined) => Span | undefined

const ONE_IN = 100
const SEND_EVERY_MS = 1000
const MOST_WAITING = 200
const KIND = { server: 2, client: 3 } as const

/** Traces one request in a hundred to `options.tracesUrl`, as OTLP in JSON; nothing where no URL is given. */
export function tracer(options: InstanceOptions): Tracer {
  const { tracesUrl } = options
  if (tracesUrl === undefined) return () => undefined
  const ended: object[] = []
  setInterval(() => {
    if (ended.length > 0) send(tracesUrl, options, ended.splice(0))
  }, SEND_EVERY_MS).unref()
  let count = 0
  return (name, traceparent) => {
    const parent = parentOf(traceparent)
    if (!parent && count++ % ONE_IN !== 0) return undefined
    return spanOf(name, parent ?? { traceId: hex(16) }, (span) => ended.length < MOST_WAITING && ended.push(span))
  }
}

type Parent = { readonly traceId: string; readonly parentSpanId?: string }

function spanOf(name: string, { traceId, parentSpanId }: Parent, keep: (span: object) => void): Span {
  const own = hex(8)
  const begin = (kind: number, spanId: string, parent: string | undefined, attributes: object[]) => {
    const startTimeUnixNano = nanos()
    return (served: boolean) =>
      keep({
        traceId,
        spanId,
        ...(parent !== undefined && { parentSpanId: parent }),
        name,
        kind,
        startTimeUnixNano,
        endTimeUnixNano: nanos(),
        attributes,
        status: { code: served ? 1 : 2 },
      })
  }
  const end = begin(KIND.server, own, parentSpanId, [])
  return {
    end,
    call: (service) => {
      const id = hex(8)
      return {
        header: { traceparent: `00-${traceId}-${id}-01` },
        end: begin(KIND.client, id, own, [attribute('peer.service', service)]),
      }
    },
  }
}

function parentOf(header: string | string[] | undefined): Parent | undefined {
  const [, traceId, parentSpanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(String(header)) ?? []
  return traceId !== undefined && parentSpanId !== undefined ? { traceId, parentSpanId } : undefined
}

/** Whoever takes traces may not be there yet, or any more: a trace is no reason to fail. */
function send(url: string, { instance, service, namespace }: InstanceOptions, spans: readonly object[]): void {
  const attributes = [
    attribute('service.name', service),
    attribute('service.namespace', namespace),
    attribute('service.instance.id', instance),
  ]
  const body = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: 'shop' }, spans }] }] }
  const headers = { 'content-type': 'application/json' }
  void fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(SEND_EVERY_MS) })
    .then((answer) => answer.body?.cancel())
    .catch(() => {})
}

const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
const hex = (bytes: number): string => randomBytes(bytes).toString('hex')
const nanos = (): string => `${Math.round((performance.timeOrigin + performance.now()) * 1000)}000`
