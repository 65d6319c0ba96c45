import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
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
