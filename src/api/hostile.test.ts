import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { secretFor, startedApi, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'
import { intakeHere } from '../../test/fixtures/intake.ts'
import { accessOf } from './access.ts'
import { contract, type RouteName } from './contract.ts'
import { handlersOf } from './handlers.ts'
import { portApp } from './port.ts'
import { silentLog } from '../lib/log.ts'

let api: StartedApi
beforeAll(async () => {
  api = await startedApi()
})
afterAll(() => api.close())

const PUSHED = ['/v1/traces', '/v1/metrics', '/v1/logs', '/api/v1/write', '/loki/api/v1/push', '/cloudevents']
const OTHERS = ['/', '/-/wake', '/-/reload', '/metrics', '/api/v2/alerts', '/webhooks/alertmanager', ...PUSHED]
const PATHS = [...(Object.keys(contract) as RouteName[]).map((name) => contract[name].path), ...OTHERS]
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 30 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '../../etc/passwd',
    '%00',
    '%zz',
    '-1',
    '1e309',
    'null',
    '[object Object]',
  ),
)
const safe = words.map((word) => encodeURIComponent(word.toWellFormed()))
const path = fc
  .tuple(
    fc.constantFrom(...PATHS),
    safe,
    fc.option(fc.dictionary(safe, safe, { maxKeys: 4 }), { freq: 1 }),
    fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: safe }),
  )
  .map(([base, id, query, tail]) => {
    const asked = Object.entries(query ?? {}).map(([name, value]) => `${name}=${value}`)
    return `${base.replaceAll(/:\w+/g, id)}${tail === null ? '' : `/${tail}`}${query ? `?${asked.join('&')}` : ''}`
  })
const fields = fc.constantFrom(
  'reason',
  'by',
  'freeze',
  'target',
  'forMs',
  'subject',
  'body',
  'alerts',
  'limit',
  'after',
)
const body = fc.oneof(
  fc.dictionary(fc.oneof(fields, words), fc.jsonValue(), { maxKeys: 6 }).map((one) => JSON.stringify(one)),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('', '[', '{"a":', '['.repeat(5000), '{"__proto__":{"x":1}}', '{"constructor":{"prototype":1}}'),
)
const header = fc.string({
  unit: fc.constantFrom(...Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n)), ' '),
  maxLength: 60,
})
const headers = fc.record(
  {
    'content-type': fc.oneof(
      fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded', ''),
      header,
    ),
    'content-encoding': fc.oneof(fc.constantFrom('gzip', 'identity', 'br'), header),
    authorization: fc.oneof(
      { weight: 6, arbitrary: fc.constant(`Bearer ${secretFor('admin')}`) },
      { weight: 1, arbitrary: header.map((one) => `Bearer ${one}`) },
      { weight: 1, arbitrary: header },
    ),
    'if-none-match': header,
    'last-event-id': header,
    accept: fc.oneof(fc.constantFrom('text/html', '*/*'), header),
    origin: fc.oneof({ weight: 2, arbitrary: fc.constant('http://127.0.0.1') }, { weight: 1, arbitrary: header }),
    host: fc.oneof({ weight: 4, arbitrary: fc.constant('127.0.0.1') }, { weight: 1, arbitrary: header }),
  },
  { requiredKeys: ['authorization'] },
)
const asking = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'),
  path,
  body,
  headers,
})

test.each(['with tokens', 'without'])(
  'no path, header or body out of ten thousand brings it down (%s)',
  { timeout: 120_000 },
  async (how) => {
    let now = Date.now()
    const clock = (): number => (now += 60_000)
    const tokens = how === 'without' ? [] : [tokenFor('admin')]
    const access = accessOf(() => ({ access: { tokens }, listen: { host: '127.0.0.1', port: 1 } }), clock)
    const { operator, record, book } = api
    const deps = {
      operator,
      reader: record,
      now: clock,
      hasTokens: () => access.hasTokens(),
      config: () => ({ digest: '', sections: {} }),
    }
    const common = {
      ...deps,
      handlers: handlersOf(deps),
      metrics: async () => '',
      alerts: book,
      signals: intakeHere(),
    }
    const app = portApp({ ...common, access, web: api.folder, log: silentLog })
    await app.ready()
    const seen = new Map<number, number>()
    try {
      await fc.assert(
        fc.asyncProperty(asking, async ({ method, path, body, headers }) => {
          const payload = method === 'GET' || method === 'HEAD' ? {} : { payload: body }
          const answer = await app.inject({ method: method as 'GET', url: path, headers, ...payload })
          seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1)
          if (answer.statusCode >= 500) expect([answer.statusCode, path, answer.body]).toEqual([503])
          if (
            answer.statusCode >= 400 &&
            method !== 'HEAD' &&
            answer.headers['content-type'] !== 'text/plain; charset=utf-8'
          ) {
            expect(answer.headers['content-type'], path).toContain('problem+json')
          }
          expect(answer.headers['x-content-type-options']).toBe('nosniff')
        }),
        { numRuns: 5000 },
      )
    } finally {
      await app.close()
    }
    // Not all refused at the door: some were read to the end.
    for (const status of [200, 400, 404]) expect(seen.get(status) ?? 0, String(status)).toBeGreaterThan(20)
  },
)

test('nor do bytes that are no HTTP at all', async () => {
  const { port } = new URL(api.base)
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((some) => Buffer.from(some)),
    fc
      .tuple(path, header)
      .map(([at, more]) =>
        Buffer.from(`POST ${at} HTTP/1.1\r\nhost: 127.0.0.1\r\n${more}: ${more}\r\ncontent-length: 5\r\n\r\n{"a":`),
      ),
  )
  await fc.assert(
    fc.asyncProperty(bytes, (some) => sent(Number(port), some)),
    { numRuns: 300 },
  )
  expect((await fetch(`${api.base}/healthz`)).status).toBe(200)
})

/** Sends, ends, and waits until the other side has hung up. */
function sent(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    socket.on('error', () => resolve())
    socket.on('close', () => resolve())
    socket.resume()
  })
}
