import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import { startSpawner, type Spawner } from '../../lib/spawner/index.ts'
import { BlindError } from '../../domain/errors.ts'
import type { Check } from './check.ts'
import { probe, type ProbeResult } from './probe.ts'

const servers: Server[] = []
let spawner: Spawner
beforeAll(async () => {
  spawner = await startSpawner()
})
afterAll(() => spawner.close())
afterEach(() => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) (server as ReturnType<typeof createHttp>).closeAllConnections()
    server.close()
  }
})

async function listening(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const http = (listener: RequestListener): Promise<string> => listening(createHttp(listener))
/** An address at which nobody listens any more. */
async function deadAddress(): Promise<string> {
  const address = await listening(createTcp())
  await new Promise((resolve) => servers.pop()?.close(resolve))
  return address
}

function ask(check: Check, address: string | undefined, timeoutMs = 2000): Promise<ProbeResult> {
  return probe(check, address, { timeoutMs, abort: new AbortController().signal, clock: systemClock(), spawner })
}

const health: Check = { kind: 'http', at: { path: '/healthz' } }

test('an HTTP answer is good or bad by its status, and by its text where one is expected', async () => {
  const address = await http((request, response) => {
    response.statusCode = Number(request.url?.slice(1))
    response.end('all is well')
  })
  const at = (status: number): Check => ({ kind: 'http', at: { path: `/${status}` } })
  const asked = await Promise.all([200, 302, 404, 503].map((status) => ask(at(status), address)))
  expect(asked.map(({ ok }) => ok)).toEqual([true, true, false, false])
  expect(asked[3]?.reason).toBe('answered with status 503')
  expect(await ask({ ...at(404), expectStatus: 404 } as Check, address)).toMatchObject({ ok: true })
  expect(await ask({ ...at(200), expectText: 'is well' } as Check, address)).toMatchObject({ ok: true })
  expect(await ask({ ...at(200), expectText: 'is ill' } as Check, address)).toMatchObject({ ok: false })
})

test('a probe by URL needs no address, and sends its headers', async () => {
  const address = await http((request, response) => {
    response.statusCode = request.headers['x-org'] === 'shop' ? 200 : 401
    response.end()
  })
  const at = { url: `http://${address}/` }
  expect(await ask({ kind: 'http', at, headers: { 'x-org': 'shop' } }, undefined)).toMatchObject({ ok: true })
  expect(await ask({ kind: 'http', at }, undefined)).toMatchObject({ ok: false })
})

test('no answer is an answer: refused, silent, cut off, and not HTTP', async () => {
  expect(await ask(health, await deadAddress())).toMatchObject({
    ok: false,
    reason: expect.stringContaining('ECONNREFUSED'),
  })
  const silent = await listening(createTcp(() => {}))
  expect(await ask(health, silent, 50)).toMatchObject({ ok: false, reason: 'no answer in 50 ms', durationMs: 50 })
  const cut = await listening(createTcp((socket) => socket.destroy()))
  expect(await ask(health, cut)).toMatchObject({ ok: false })
  const rude = await listening(createTcp((socket) => socket.end('what?\r\n\r\n')))
  expect(await ask(health, rude)).toMatchObject({ ok: false })
})

test('a body that never ends does not hold up a probe that wants only the status', async () => {
  const address = await http((_, response) => void response.write('...'))
  expect(await ask(health, address)).toMatchObject({ ok: true })
  expect(await ask({ ...health, expectText: 'x' }, address, 50)).toMatchObject({ ok: false })
})

test('TCP: a connection accepted, or refused', async () => {
  const address = await listening(createTcp((socket) => socket.on('error', () => {})))
  expect(await ask({ kind: 'tcp' }, address)).toMatchObject({ ok: true })
  expect(await ask({ kind: 'tcp' }, await deadAddress())).toMatchObject({ ok: false })
})

const script = (text: string): Check => ({ kind: 'command', argv: [process.execPath, '-e', text] })

test('a command answers by its exit code, in its own words, and knows the address', async () => {
  expect(await ask(script('process.exit(process.env.KINTSUGI_ADDRESS === "h:1" ? 0 : 1)'), 'h:1')).toMatchObject({
    ok: true,
  })
  const bad = await ask(script('console.error("queue is full\\nmore"); process.exit(3)'), undefined)
  expect(bad).toMatchObject({ ok: false, reason: expect.stringMatching(/ended with exit code 3: queue is full$/) })
  const slow = await ask(script('setTimeout(() => {}, 60000)'), undefined, 300)
  expect(slow).toMatchObject({ ok: false })
})

test.each<[string, Check, string | undefined]>([
  ['no address', health, undefined],
  ['a bad address', { kind: 'tcp' }, 'nowhere'],
  ['a bad port', { kind: 'tcp' }, '127.0.0.1:99999'],
  ['a bad URL', { kind: 'http', at: { url: 'ftp://127.0.0.1/' } }, undefined],
  ['a name that cannot be resolved', health, 'nobody.invalid:80'],
  ['a program that is missing', { kind: 'command', argv: ['/nowhere/at-all'] }, undefined],
])('our own inability is blindness: %s', async (_, check, address) => {
  await expect(ask(check, address)).rejects.toThrow(BlindError)
})

test('a spawner that is gone, or was never there, is blindness', async () => {
  const gone = await startSpawner()
  await gone.close()
  const tools = { timeoutMs: 1000, abort: new AbortController().signal, clock: systemClock() }
  await expect(probe(script('0'), undefined, { ...tools, spawner: gone })).rejects.toThrow(BlindError)
  await expect(probe(script('0'), undefined, tools)).rejects.toThrow(BlindError)
})

test('a shutdown is no answer of the target', async () => {
  const stop = new AbortController()
  const silent = await listening(createTcp(() => stop.abort(new Error('shutting down'))))
  const tools = { timeoutMs: 5000, abort: stop.signal, clock: systemClock() }
  await expect(probe(health, silent, tools)).rejects.toThrow(BlindError)
})
