import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { bodyOfV1, bodyOfV2 } from '../../test/fixtures/remote-write.ts'
import { packSnappy } from '../../test/fixtures/snappy.ts'
import { intakeHere } from '../../test/fixtures/intake.ts'
import { otlpBody, otlpSpan } from '../../test/fixtures/traces.ts'
import { silentLog } from '../lib/log.ts'
import type { Span } from '../signals/otlp/traces.ts'
import { newApp } from './app.ts'
import { signalRoutes } from './signals.ts'

const apps: ReturnType<typeof newApp>[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly retryAfter?: unknown }

/** Posts to an application that takes traces, at a time that the test sets. */
function receiver(): {
  readonly spans: Span[]
  at: number
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>
} {
  const app = newApp({ bodyLimit: 1024, log: silentLog })
  const intake = intakeHere({ room: { maxBodies: 8 } })
  const { spans } = intake
  const it = {
    spans,
    at: 0,
    post: async (body: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
      const payload = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body)
      const answer = await app.inject({
        method: 'POST',
        url: '/v1/traces',
        headers: { 'content-type': 'application/json', ...headers },
        payload,
      })
      return { status: answer.statusCode, body: answer.json(), retryAfter: answer.headers['retry-after'] }
    },
  }
  signalRoutes(app, intake, { now: () => it.at, senderOf: () => undefined })
  apps.push(app)
  return it
}
const bodyOf = (count: number): object =>
  otlpBody(
    'web',
    Array.from({ length: count }, (_, i) => otlpSpan(i)),
  )

describe('POST /v1/traces', () => {
  test('takes spans in JSON, plain and in gzip', async () => {
    const to = receiver()
    expect(await to.post(bodyOf(2))).toMatchObject({ status: 200, body: {} })
    const packed = gzipSync(JSON.stringify(bodyOf(3)))
    expect(await to.post(packed, { 'content-encoding': 'gzip' })).toMatchObject({ status: 200, body: {} })
    expect(to.spans).toHaveLength(5)
  })

  test('takes what can be read, and says what could not', async () => {
    const to = receiver()
    const { status, body } = await to.post(otlpBody('web', [otlpSpan(1), { spanId: 'x' }]))
    expect(status).toBe(200)
    expect(body).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('no traceId') },
    })
    expect(to.spans).toHaveLength(1)
  })

  test.each<[string, unknown, Record<string, string>, number, string]>([
    ['no JSON', '{', {}, 400, 'not JSON'],
    ['no traces', { resourceSpans: 7 }, {}, 400, 'resourceSpans must be a list'],
    ['no gzip', 'plain', { 'content-encoding': 'gzip' }, 400, 'cannot unpack'],
    ['a bomb', gzipSync(Buffer.alloc(70_000_000)), { 'content-encoding': 'gzip' }, 400, 'at most 67108864 bytes'],
    ['an encoding that is not known', 'x', { 'content-encoding': 'br' }, 415, "'br'"],
    ['text', 'x', { 'content-type': 'text/plain' }, 415, 'application/x-protobuf or application/json'],
  ])('refuses %s, with the reason', async (_what, body, headers, status, reason) => {
    const to = receiver()
    expect(await to.post(body, headers)).toMatchObject({ status, body: { detail: expect.stringContaining(reason) } })
    expect(to.spans).toEqual([])
  })

  test('refuses more than it can take with the time after which to come again, and takes it then', async () => {
    const to = receiver()
    for (let sent = 0; sent < 30_000; sent += 5000) expect((await to.post(bodyOf(5000))).status).toBe(200)
    expect(await to.post(bodyOf(5000))).toMatchObject({ status: 429, retryAfter: '1' })
    expect(to.spans).toHaveLength(30_000)
    to.at += 500
    expect((await to.post(bodyOf(5000))).status).toBe(200)
  })

  test('refuses what comes while much is under way', async () => {
    const to = receiver()
    const packed = gzipSync(JSON.stringify(bodyOf(2000)))
    const answers = await Promise.all(Array.from({ length: 20 }, () => to.post(packed, { 'content-encoding': 'gzip' })))
    const refused = answers.filter(({ status }) => status === 503)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.retryAfter).toBe('1')
    expect(to.spans).toHaveLength(2000 * (20 - refused.length))
  })
})

describe('POST /api/v1/write', () => {
  const V1 = 'application/x-protobuf'
  const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request'
  const now = Date.now()
  const sent = (name: string): { labels: Record<string, string>; samples: [number, number][] } => ({
    labels: { __name__: name },
    samples: [[now, 1]],
  })
  const write = async (
    type: string,
    body: Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string; headers: Record<string, unknown>; samples: number }> => {
    const app = newApp({ bodyLimit: 1024, log: silentLog })
    const intake = intakeHere()
    signalRoutes(app, intake, { now: () => now, senderOf: () => 'prom' })
    apps.push(app)
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/write',
      headers: { 'content-type': type, 'content-encoding': 'snappy', ...headers },
      payload: Buffer.from(body),
    })
    const { samples } = intake.desk.counts()
    return { status: answer.statusCode, text: answer.body, headers: answer.headers, samples }
  }

  test('takes both versions, and says in headers what was written of the second', async () => {
    expect(await write(V1, packSnappy(bodyOfV1([sent('up'), sent('load')])))).toMatchObject({ status: 204, samples: 2 })
    const second = await write(V2, packSnappy(bodyOfV2([sent('up')])))
    expect(second).toMatchObject({ status: 204, samples: 1, text: '' })
    expect(second.headers).toMatchObject({ 'x-prometheus-remote-write-samples-written': '1' })
  })

  test('keeps what is right of a body, and says what is not', async () => {
    const body = packSnappy(bodyOfV2([sent('up'), sent('')]))
    const { status, text, samples, headers } = await write(V2, body)
    expect({ status, samples }).toEqual({ status: 400, samples: 1 })
    expect(text).toContain('1 of 2 were refused, the others are kept')
    expect(headers).toMatchObject({ 'x-prometheus-remote-write-samples-written': '1' })
  })

  test.each<[string, string, Uint8Array, Record<string, string>, number]>([
    ['what is cut off', V1, packSnappy(bodyOfV1([sent('up')])).subarray(0, 9), {}, 400],
    ['what is no snappy', V1, Buffer.from('nothing of the kind'), {}, 400],
    ['a bomb', V1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]), {}, 400],
    ['another message', 'application/x-protobuf;proto=x.Y', new Uint8Array(), {}, 415],
    ['another encoding', V1, new Uint8Array(), { 'content-encoding': 'zstd' }, 415],
    ['text', 'text/plain', new Uint8Array(), {}, 415],
  ])('refuses %s', async (_what, type, body, headers, status) => {
    expect(await write(type, body, headers)).toMatchObject({ status, samples: 0 })
  })
})
