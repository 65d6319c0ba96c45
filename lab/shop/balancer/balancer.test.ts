import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { startBalancer, startInstance, type TestBalancer, type TestInstance } from '../../../test/balancer.ts'
import { freePort } from '../../../test/shims.ts'
import { until } from '../../../test/worlds.ts'
import type { PoolOptions } from './options.ts'

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

type Given = { readonly status: number; readonly body: string; readonly headers: Record<string, unknown> }

/** A balancer with the pool `web` over instances that answer their own names. */
async function world(
  names: readonly string[],
  more: Partial<PoolOptions> = {},
): Promise<{ balancer: TestBalancer; ask: (path?: string) => Promise<Given>; instances: Map<string, TestInstance> }> {
  const instances = new Map<string, TestInstance>()
  for (const name of names) {
    const instance = await startInstance((_, response) => response.end(name))
    instances.set(name, instance)
    open.push(instance)
  }
  const backends = [...instances].map(([name, { address }]) => ({ name, address }))
  const balancer = await startBalancer({ web: { backends, timeoutMs: 1000, ...more } })
  const agent = new Agent({ keepAlive: true })
  open.push(balancer, { close: async () => agent.destroy() })
  const ask = (path = '/'): Promise<Given> =>
    new Promise((resolve, reject) => {
      get(`${balancer.urlOf('web')}${path}`, { agent }, (answer) => {
        const { statusCode: status = 0, headers } = answer
        text(answer).then((body) => resolve({ status, body, headers }), reject)
      }).on('error', reject)
    })
  return { balancer, ask, instances }
}

type Values = Record<string, unknown>

async function read(balancer: TestBalancer): Promise<{ revision: string; values: Values }> {
  const answer = await fetch(`${balancer.url}/pools/web`)
  return (await answer.json()) as { revision: string; values: Values }
}

let keys = 0
async function set(balancer: TestBalancer, values: Values, holdMs?: number): Promise<void> {
  const { revision: ifRevision } = await read(balancer)
  const body = JSON.stringify({ values, ifRevision, key: `k${keys++}`, holdMs })
  const answer = await fetch(`${balancer.url}/pools/web`, { method: 'POST', body })
  if (answer.status !== 200) throw new Error(await answer.text())
}

const metricsOf = async ({ url }: TestBalancer): Promise<string> => (await fetch(`${url}/metrics`)).text()

/** Asks so many times, one after the other; answers how often each body came. */
async function tally(ask: () => Promise<Given>, times: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let i = 0; i < times; i++) {
    const { body } = await ask()
    counts[body] = (counts[body] ?? 0) + 1
  }
  return counts
}

test('backends get exactly their weights, also new ones', async () => {
  const { balancer, ask } = await world(['a', 'b', 'c'])
  expect(await tally(ask, 30)).toEqual({ a: 10, b: 10, c: 10 })
  await set(balancer, { 'weight.a': 30, 'weight.b': 15, 'weight.c': 0 })
  expect(await tally(ask, 90)).toEqual({ a: 60, b: 30 })
})

test('a drained backend gets no new request, and those in flight end; drained all is 503', async () => {
  const inFlight: ServerResponse[] = []
  const slow = await startInstance((_, response) => void inFlight.push(response))
  open.push(slow)
  const { balancer, ask } = await world(['a'])
  await set(balancer, { 'address.slow': slow.address })
  const asked = [ask(), ask(), ask(), ask()]
  await until(
    async () => inFlight.length,
    (length) => length === 2,
  )
  await set(balancer, { 'state.slow': 'drain' })
  expect(await tally(ask, 10)).toEqual({ a: 10 })
  for (const response of inFlight) response.end('slow')
  expect((await Promise.all(asked)).map(({ status, body }) => `${status} ${body}`).toSorted()).toEqual([
    '200 a',
    '200 a',
    '200 slow',
    '200 slow',
  ])
  await set(balancer, { 'state.a': 'drain' })
  expect(await ask()).toMatchObject({ status: 503, body: 'no backend takes requests\n' })
})

test('a drain under load costs no request', async () => {
  const { balancer, ask } = await world(['a', 'b'])
  let stop = false
  const user = async (): Promise<number[]> => {
    const statuses: number[] = []
    while (!stop) statuses.push((await ask()).status)
    return statuses
  }
  const users = Array.from({ length: 8 }, user)
  for (const state of ['drain', 'up', 'drain', 'up']) await set(balancer, { 'state.a': state })
  stop = true
  const statuses = (await Promise.all(users)).flat()
  expect(statuses.length).toBeGreaterThan(20)
  expect(statuses.filter((status) => status !== 200)).toEqual([])
})

test('users feel a dead, a slow and a broken backend: it is asked in its turn, once', async () => {
  const silent = await startInstance(() => {})
  let asked = 0
  const breaking = await startInstance((_, response) => {
    asked += 1
    response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy())
  })
  open.push(silent, breaking)
  const { balancer, ask, instances } = await world(['a', 'b'], { timeoutMs: 100 })
  await instances.get('b')!.close()
  const statuses = []
  for (let i = 0; i < 6; i++) statuses.push((await ask()).status)
  expect(statuses).toEqual([200, 502, 200, 502, 200, 502])

  await set(balancer, { 'address.b': silent.address })
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 504])
  await set(balancer, { 'address.b': breaking.address })
  const ends = await Promise.allSettled([ask(), ask()])
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(asked).toBe(1)
  // What broke off is counted once the balancer has noticed, too.
  await expect
    .poll(() => metricsOf(balancer), { timeout: 5000 })
    .toContain('pool_requests_failed_total{pool="web",backend="b"} 5\n')
})

test('bodies and headers go through both ways, those of the connection do not', async () => {
  const echo = await startInstance((request, response) => {
    void text(request).then((body) => {
      response.writeHead(201, { 'x-own': 'yes', 'set-cookie': ['a=1', 'b=2'] })
      response.end(JSON.stringify({ body, headers: request.headers, path: request.url, method: request.method }))
    })
  })
  open.push(echo)
  const { balancer } = await world([], { backends: [{ name: 'echo', address: echo.address }] })
  const body = 'x'.repeat(300_000)
  const url = `${balancer.urlOf('web')}/cart?x=1`
  const answer = await fetch(url, { method: 'PUT', body, headers: { traceparent: '00-1-2-01' } })
  const seen = (await answer.json()) as { body: string; headers: Values; path: string; method: string }
  expect([answer.status, answer.headers.get('x-own'), answer.headers.getSetCookie()]).toEqual([
    201,
    'yes',
    ['a=1', 'b=2'],
  ])
  expect(seen).toMatchObject({ path: '/cart?x=1', method: 'PUT' })
  expect(seen.body).toBe(body)
  expect(seen.headers).toMatchObject({ traceparent: '00-1-2-01', host: new URL(url).host })
})

test('above its rate a pool answers 429, says when to come again, and asks no backend', async () => {
  const { balancer, ask } = await world(['a'])
  await set(balancer, { rateLimitRps: 8 })
  const given = await Promise.all(Array.from({ length: 10 }, () => ask()))
  const limited = given.filter(({ status }) => status === 429)
  // Two are a quarter of a second's worth; a slow machine may let another one in meanwhile.
  expect(limited.length).toBeGreaterThanOrEqual(5)
  expect(limited.length).toBeLessThanOrEqual(8)
  expect(limited[0]!.headers['retry-after']).toBe('1')
  expect(await metricsOf(balancer)).toContain(`pool_limited_total{pool="web",reason="rate"} ${limited.length}\n`)
  await set(balancer, { rateLimitRps: null })
  expect(await tally(ask, 20)).toEqual({ a: 20 })
})

test('beyond its concurrency requests wait a little, and those who wait too long or are too many get 503', async () => {
  const inFlight: ServerResponse[] = []
  const slow = await startInstance((_, response) => void inFlight.push(response))
  open.push(slow)
  const { balancer, ask } = await world([], { backends: [{ name: 'slow', address: slow.address }], concurrency: 2 })
  const asked = Array.from({ length: 5 }, () => ask())
  const first = await Promise.race(asked)
  expect(first).toMatchObject({ status: 503, body: 'too many requests at once\n' })
  inFlight.shift()!.end('served')
  await until(
    async () => inFlight.length,
    (length) => length === 2,
  )
  await until(
    () => metricsOf(balancer),
    (seen) => seen.includes('pool_limited_total{pool="web",reason="concurrency"} 2\n'),
  )
  for (const response of inFlight) response.end('served')
  expect((await Promise.all(asked)).filter(({ status }) => status === 503)).toHaveLength(2)
})

test('users who give up make room, in the queue and inside', async () => {
  let arrived = 0
  const slow = await startInstance(() => void arrived++)
  open.push(slow)
  const { balancer } = await world([], { backends: [{ name: 'slow', address: slow.address }], concurrency: 1 })
  const giveUp = new AbortController()
  const impatient = [1, 2].map(() => fetch(balancer.urlOf('web'), { signal: giveUp.signal }).catch(() => 'gone'))
  await until(
    async () => arrived,
    (count) => count === 1,
  )
  giveUp.abort()
  expect(await Promise.all(impatient)).toEqual(['gone', 'gone'])
  await until(
    () => metricsOf(balancer),
    (seen) => seen.includes('pool_in_flight{pool="web"} 0\n'),
  )
  void fetch(balancer.urlOf('web')).catch(() => {})
  await until(
    async () => arrived,
    (count) => count === 2,
  )
})

test('with its breaker open a pool answers 503 at once, and asks no backend', async () => {
  const { balancer, ask } = await world(['a'])
  await set(balancer, { breaker: 'open' })
  expect(await ask()).toMatchObject({ status: 503, body: 'the breaker is open\n' })
  expect(await metricsOf(balancer)).toContain('pool_breaker_open{pool="web"} 1\n')
  await set(balancer, { breaker: 'closed' })
  expect(await ask()).toMatchObject({ status: 200, body: 'a' })
})

test('what a client held up is taken back, though the client was killed meanwhile', async () => {
  const { balancer, ask } = await world(['a', 'b'])
  const { revision: ifRevision, values } = await read(balancer)
  const body = JSON.stringify({
    values: { 'state.a': 'drain', rateLimitRps: 50 },
    ifRevision,
    key: 'killed',
    holdMs: 700,
  })
  const script = `fetch(process.argv[1], { method: 'POST', body: process.argv[2] }).then((answer) => console.log(answer.status)); setInterval(() => {}, 1000)`
  const client = spawn(process.execPath, ['-e', script, `${balancer.url}/pools/web`, body], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [status] = (await once(client.stdout, 'data')) as [Buffer]
  client.kill('SIGKILL')
  expect(String(status).trim()).toBe('200')
  expect((await read(balancer)).values).toMatchObject({ 'state.a': 'drain', rateLimitRps: 50 })
  expect(await tally(ask, 4)).toEqual({ b: 4 })
  const after = await until(
    () => read(balancer),
    (now) => now.values['state.a'] === 'up',
  )
  expect(after.values).toEqual(values)
  expect(await tally(ask, 4)).toEqual({ a: 2, b: 2 })
})

test('a standby instance gets traffic once it is ready, and one that nobody starts gets none', async () => {
  const [port, other] = [await freePort(), await freePort()]
  const a = await startInstance((_, response) => response.end('a'))
  open.push(a)
  const backends = [
    { name: 'a', address: a.address },
    { name: 'b', address: `127.0.0.1:${port}`, standby: true },
    { name: 'c', address: `127.0.0.1:${other}`, standby: true },
  ]
  const { balancer, ask } = await world([], { backends })
  const stateOf = async (name: string): Promise<unknown> => (await read(balancer)).values[`state.${name}`]
  expect(await stateOf('b')).toBe('standby')
  expect(await tally(ask, 4)).toEqual({ a: 4 })
  open.push(await startInstance((_, response) => response.end('b'), port))
  await until(
    () => stateOf('b'),
    (state) => state === 'up',
  )
  expect(await stateOf('c')).toBe('standby')
  expect(await tally(ask, 4)).toEqual({ a: 2, b: 2 })
})

test('what a document does not take is refused', async () => {
  const { balancer } = await world(['a'])
  for (const values of [
    { 'weight.a': 101 },
    { 'weight.nobody': 5 },
    { 'state.a': 'standby' },
    { 'address.a': 'nowhere' },
    { breaker: 'half' },
    { rateLimitRps: 0 },
    { concurrency: 1.5 },
    { constructor: 1 },
  ]) {
    await expect(set(balancer, values), JSON.stringify(values)).rejects.toThrow('cannot set')
  }
})

test('the metrics name what the shop is judged by, and what each backend does', async () => {
  const { balancer, ask } = await world(['a', 'b'])
  await tally(ask, 4)
  const metrics = await metricsOf(balancer)
  for (const line of [
    'shop_requests_total 4',
    'shop_requests_failed_total 0',
    'shop_request_duration_seconds_bucket{le="+Inf"} 4',
    'shop_request_duration_seconds_count 4',
    'pool_requests_total{pool="web",backend="a"} 2',
    'pool_request_duration_seconds_count{pool="web"} 4',
    'pool_in_flight{pool="web"} 0',
    'pool_backend_weight{pool="web",backend="a"} 100',
    'pool_backend_up{pool="web",backend="b"} 1',
  ]) {
    expect(metrics).toContain(`${line}\n`)
  }
  expect((await fetch(`${balancer.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${balancer.url}/pools/nobody`)).status).toBe(404)
})

test('a balancer that is told to end serves what is in flight', async () => {
  const inFlight: ServerResponse[] = []
  const slow = await startInstance((_, response) => void inFlight.push(response))
  open.push(slow)
  const { balancer, ask } = await world([], { backends: [{ name: 'slow', address: slow.address }] })
  const asked = ask()
  await until(
    async () => inFlight.length,
    (length) => length === 1,
  )
  balancer.process.kill('SIGTERM')
  setTimeout(() => inFlight[0]!.end('served'), 50)
  expect(await asked).toMatchObject({ status: 200, body: 'served' })
})
