import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { UsageError } from '../domain/errors.ts'
import type { SeenEvent } from '../domain/log-record.ts'
import type { Decoded } from '../domain/series.ts'
import type { Delivery, Taken } from '../intake/messages.ts'
import type { Intake } from '../intake/port.ts'
import { decodeCloudEvents } from '../signals/lines/cloud-event.ts'
import { encodeAnswer, OTLP_TYPES, type OtlpSignal } from '../signals/otlp/answer.ts'
import type { Span } from '../signals/otlp/traces.ts'
import { bucketOf, type Bucket } from './bucket.ts'
import { BusyError } from './problem.ts'

/** Where what is pushed goes. */
export type SignalIntake = Pick<Intake, 'admit' | 'take'> & {
  /** Where spans go once they are read, and events. */
  addSpans(spans: readonly Span[], now: number): void
  addEvents(events: readonly SeenEvent[], now: number): void
}

export type SignalTools = {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** The name of who sends, where they had to say it. */
  readonly senderOf: (request: FastifyRequest) => string | undefined
}

/** As sent; what it may be unpacked is the worker's to say. */
const BODY_LIMIT = 16 * 1024 * 1024
const EVENTS_LIMIT = 1024 * 1024
/** Spans a second that are taken in, and how many may come at once after a silence. */
const SPANS_PER_SECOND = 10_000
const BURST_SPANS = 30_000

type Kind = Pick<Delivery, 'protocol' | 'form' | 'encoding'>

/**
 * The ways in for what others push: Prometheus remote write, OTLP, Loki. A 2xx means that all of the body was taken in
 * but for what the answer says; a 503 that none was, with the time after which to come again: every sender of these
 * protocols does.
 */
export function signalRoutes(app: FastifyInstance, intake: SignalIntake, tools: SignalTools): void {
  const places = new WeakMap<FastifyRequest, () => void>()
  const spans = bucketOf({ perSecond: SPANS_PER_SECOND, burst: BURST_SPANS }, tools.now)
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    )
    // Room is made before a body is read: many at once are as large as one.
    scope.addHook('onRequest', async (request, { raw }) => {
      const release = intake.admit(Number(request.headers['content-length'] ?? BODY_LIMIT))
      places.set(request, release)
      raw.once('close', () => void (places.delete(request) && release()))
    })
    const post = (
      url: string,
      from: string,
      kindOf: (request: FastifyRequest) => Kind,
      answer: (taken: Taken, reply: FastifyReply, kind: Kind) => unknown,
    ): void =>
      void scope.route({
        method: 'POST',
        url,
        bodyLimit: BODY_LIMIT,
        handler: async (request, reply) => {
          const release = places.get(request)
          // Whoever hangs up has not taken back what the worker was given.
          places.delete(request)
          try {
            const kind = kindOf(request)
            const source = `${from} from ${tools.senderOf(request) ?? request.ip}`
            const taken = await intake.take({ ...kind, source, body: owned(request.body) })
            return reply.send(answer(taken, reply, kind))
          } finally {
            release?.()
          }
        },
      })
    post('/api/v1/write', 'remote-write', remoteWriteKind, answerWrite)
    post('/v1/metrics', 'otlp', (request) => otlpKind(request, 'otlp-metrics'), answerOtlp)
    post('/v1/logs', 'otlp', (request) => otlpKind(request, 'otlp-logs'), answerOtlp)
    post(
      '/v1/traces',
      'otlp',
      (request) => otlpKind(request, 'otlp-traces'),
      (taken, reply, kind) => {
        spend(spans, taken.spans?.length ?? 0)
        intake.addSpans(taken.spans ?? [], tools.now())
        return answerOtlp(taken, reply, kind)
      },
    )
    post('/loki/api/v1/push', 'loki', lokiKind, answerPush)
    eventRoute(scope, intake, tools)
  })
}

/** Events are few and small: they are read here. */
function eventRoute(scope: FastifyInstance, intake: SignalIntake, { now }: SignalTools): void {
  scope.post('/cloudevents', { bodyLimit: EVENTS_LIMIT }, async ({ headers, body }, reply) => {
    const at = now()
    const { records, refused, reasons } = decodeCloudEvents({ headers, body: owned(body) }, at)
    intake.addEvents(records, at)
    answerPush({ samples: records.length, refused, reasons }, reply)
    return reply.send()
  })
}

/** A body that nothing else shares, so that it can be given away. */
function owned(body: unknown): Uint8Array<ArrayBuffer> {
  const bytes = body instanceof Buffer ? body : Buffer.alloc(0)
  const isAlone = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
  return isAlone ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}

function remoteWriteKind({ headers }: FastifyRequest): Kind {
  const type = headers['content-type'] ?? 'application/x-protobuf'
  const [, proto = 'prometheus.WriteRequest'] = /;\s*proto=([\w.]+)/.exec(type) ?? []
  const protocols = {
    'prometheus.WriteRequest': 'remote-write',
    'io.prometheus.write.v2.Request': 'remote-write-v2',
  } as const
  if (!type.startsWith('application/x-protobuf') || !Object.hasOwn(protocols, proto)) {
    throw unsupported(`cannot read '${type}': send remote write 1.0 or 2.0 (application/x-protobuf)`)
  }
  const encoding = headers['content-encoding'] ?? 'snappy'
  if (encoding !== 'snappy') throw unsupported(`cannot read the encoding '${encoding}': remote write is sent in snappy`)
  return { protocol: protocols[proto as keyof typeof protocols], form: 'protobuf', encoding }
}

function otlpKind(request: FastifyRequest, protocol: Kind['protocol']): Kind {
  const form = formOf(request)
  if (!form) throw unsupported('send OTLP as application/x-protobuf or application/json')
  return { protocol, form, encoding: gzipOrNone(request) }
}

/** Loki's protobuf is always in snappy, its JSON in gzip or plain. */
function lokiKind(request: FastifyRequest): Kind {
  const form = formOf(request)
  if (!form) throw unsupported('send application/x-protobuf or application/json')
  return { protocol: 'loki', form, encoding: form === 'protobuf' ? 'snappy' : gzipOrNone(request) }
}

function formOf({ headers }: FastifyRequest): Kind['form'] | undefined {
  const [type] = (headers['content-type'] ?? 'application/x-protobuf').split(';')
  return { 'application/x-protobuf': 'protobuf', 'application/json': 'json' }[type?.trim() ?? ''] as
    | Kind['form']
    | undefined
}

function gzipOrNone({ headers }: FastifyRequest): 'gzip' | 'identity' {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'gzip' || encoding === 'identity') return encoding
  throw unsupported(`cannot read the encoding '${encoding}': send gzip, or none`)
}

function unsupported(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 415 })
}

/** As remote write 2.0 wants it: what was written stands in headers, also where a part was not. */
function answerWrite(taken: Taken, reply: FastifyReply, { protocol }: Kind): undefined {
  if (protocol === 'remote-write-v2') {
    reply.headers({
      'x-prometheus-remote-write-samples-written': taken.samples,
      'x-prometheus-remote-write-histograms-written': taken.histograms ?? 0,
      'x-prometheus-remote-write-exemplars-written': 0,
    })
  }
  return answerPush(taken, reply)
}

/** A 400 is not sent again, and its text stands in the log of the sender: what could be kept is kept. */
function answerPush({ samples, refused, reasons }: Decoded, reply: FastifyReply): undefined {
  if (refused > 0) {
    throw new UsageError(`${refused} of ${refused + samples} were refused, the others are kept: ${reasons.join('; ')}`)
  }
  reply.code(204)
}

/** In the form of the request; what was refused is not sent again. */
function answerOtlp(taken: Taken, reply: FastifyReply, { protocol, form }: Kind): Buffer {
  reply.type(OTLP_TYPES[form])
  const signal = protocol.slice('otlp-'.length) as OtlpSignal
  return Buffer.from(encodeAnswer(signal, form, taken))
}

/** Throws BusyError, and spends nothing, when more spans came than are taken in. */
function spend(allowance: Bucket, spans: number): void {
  if (spans > BURST_SPANS) throw new UsageError(`cannot take ${spans} spans at once: at most ${BURST_SPANS}`)
  const retryAfterMs = allowance.take(spans)
  if (retryAfterMs === 0) return
  throw new BusyError(`more than ${SPANS_PER_SECOND} spans a second: sample fewer traces`, { retryAfterMs })
}
