import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { messageOf, RetryableError, UsageError } from '../domain/errors.ts'
import { decodeTraces, type Span } from '../signals/otlp/traces.ts'
import { bucketOf, type Bucket } from './bucket.ts'
import { BusyError } from './problem.ts'

/** Where spans go. */
export type TraceIntake = { add(spans: readonly Span[], now: number): void }

/** As sent, and as unpacked: what is read at once must not hold up the loop. */
const BODY_LIMIT = 4 * 1024 * 1024
const MOST_UNDER_WAY = 8
/** Spans a second that are taken in, and how many may come at once after a silence. */
const SPANS_PER_SECOND = 10_000
const BURST_SPANS = 30_000

/**
 * `POST /v1/traces`, as an OTLP exporter sends it: JSON, plain or in gzip. A span that cannot be read is refused for itself
 * (`partialSuccess`), a body that cannot be read with 400; too many at once with 503, too many spans with 429, both with
 * the time after which to come again.
 *
 * @param now epoch milliseconds
 */
export function traceRoutes(app: FastifyInstance, intake: TraceIntake, now: () => number): void {
  const allowance = bucketOf({ perSecond: SPANS_PER_SECOND, burst: BURST_SPANS }, now)
  let underWay = 0
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
      (_request, body, done) => done(null, body),
    )
    scope.addContentTypeParser('*', async () => {
      throw unsupported('send OTLP as JSON (content-type application/json): protobuf is not read yet')
    })
    scope.post('/v1/traces', { bodyLimit: BODY_LIMIT }, async (request, reply) => {
      if (underWay >= MOST_UNDER_WAY) throw new RetryableError('too many traces at once: send fewer, or later')
      underWay += 1
      try {
        const body = await unpacked(request.body as Buffer, request.headers['content-encoding'])
        const { spans, refused, reasons } = decodeTraces(jsonOf(body))
        spend(allowance, spans.length)
        intake.add(spans, now())
        return answer(reply, refused, reasons)
      } finally {
        underWay -= 1
      }
    })
  })
}

function answer(reply: FastifyReply, refused: number, reasons: readonly string[]): FastifyReply {
  const partialSuccess = { rejectedSpans: String(refused), errorMessage: reasons.join('; ') }
  return reply.send(refused === 0 ? {} : { partialSuccess })
}

async function unpacked(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body
  if (encoding !== 'gzip') throw unsupported(`cannot read the encoding '${encoding}': send gzip, or none`)
  try {
    return await promisify(gunzip)(body, { maxOutputLength: BODY_LIMIT })
  } catch (thrown) {
    throw new UsageError(`cannot unpack the traces: ${messageOf(thrown)}; at most ${BODY_LIMIT} bytes are read`)
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    throw new UsageError('cannot read the traces: the body is not JSON')
  }
}

function unsupported(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 415 })
}

/** Throws BusyError, and spends nothing, when more spans came than are taken in. */
function spend(allowance: Bucket, spans: number): void {
  if (spans > BURST_SPANS) throw new UsageError(`cannot take ${spans} spans at once: at most ${BURST_SPANS}`)
  const retryAfterMs = allowance.take(spans)
  if (retryAfterMs === 0) return
  throw new BusyError(`more than ${SPANS_PER_SECOND} spans a second: sample fewer traces`, { retryAfterMs })
}
