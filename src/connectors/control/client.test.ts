import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { answerControl } from '../../../lab/shop/control-page.ts'
import { operation, specsDocument } from '../../../lab/shop/control.ts'
import { operationsLaws } from '../../../test/operations-laws.ts'
import { specsLaws } from '../../../test/specs-laws.ts'
import { BlindError, ConflictError, RetryableError, TerminalError } from '../../domain/errors.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { systemClock } from '../../lib/clock.ts'
import { operationsAt, specsAt } from './client.ts'
import type { Place } from './exchange.ts'

const target: ResourceRef = 'lab:shop/instance/api-1'
const abort = new AbortController().signal
const clock = systemClock()

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

const stopped = (server: Server): Promise<unknown> => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
}

/** A server on a port of loopback. */
async function onTcp(answer: RequestListener): Promise<{ place: Place; stop: () => Promise<unknown> }> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { place: { url: `http://127.0.0.1:${port}/page` }, stop: () => stopped(server) }
}

async function onSocket(answer: RequestListener): Promise<{ place: Place; stop: () => Promise<unknown> }> {
  const dir = mkdtempSync(join(tmpdir(), 'control-'))
  const socketPath = join(dir, 'x.sock')
  const server = createServer(answer).listen(socketPath)
  await once(server, 'listening')
  const stop = async (): Promise<void> => {
    await stopped(server)
    rmSync(dir, { recursive: true, force: true })
  }
  return { place: { socketPath, path: '/page' }, stop }
}

specsLaws('a document behind a port', async () => {
  const document = specsDocument({
    initial: { size: 1, colour: 'red' },
    check: (name, value) =>
      (name === 'size' || name === 'extra' ? value === null || typeof value === 'number' : name === 'colour')
        ? undefined
        : 'no',
    clock,
  })
  const { place, stop } = await onTcp((request, response) => answerControl(document, request, response))
  return {
    specs: specsAt(() => place),
    target,
    one: { size: 2, extra: 3 },
    two: { size: 4, extra: 5 },
    beside: { colour: 'blue' },
    removable: 'extra',
    refused: [{ nonsense: 1 }, { size: 'large' }],
    blind: stop,
    close: async () => {
      document.close()
      await stop()
    },
  }
})

operationsLaws('an operation behind a socket', async () => {
  let done = 0
  const page = operation({
    facts: () => ({ connections: 5 }),
    run: () => void done++,
    check: ({ keys }) => (Array.isArray(keys) ? undefined : 'keys must be a list'),
    clock,
  })
  const { place, stop } = await onSocket((request, response) => answerControl(page, request, response))
  return {
    operations: operationsAt(() => place),
    target,
    params: { keys: ['a'] },
    refused: [{}, { keys: 'a' }],
    effects: async () => done,
    blind: stop,
    close: stop,
  }
})

const change = { values: { size: 2 }, ifRevision: '1', key: 'k' }
const written = (answer: RequestListener, timeoutMs = 1000): Promise<unknown> => called('patch', answer, timeoutMs)
const looked = (answer: RequestListener, timeoutMs = 1000): Promise<unknown> => called('read', answer, timeoutMs)

/** What comes of a call: the answer, or what is thrown. */
async function called(verb: 'read' | 'patch', answer: RequestListener, timeoutMs: number): Promise<unknown> {
  const { place, stop } = await onTcp(answer)
  stops.push(stop)
  const specs = specsAt(() => place, { readTimeoutMs: timeoutMs, writeTimeoutMs: timeoutMs })
  const call = verb === 'read' ? specs.read(target, abort) : specs.patch(target, change, abort)
  return call.catch((thrown: unknown) => thrown)
}

const always =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body)

test('a look that is not answered well is blindness, whatever came instead', async () => {
  for (const [status, body] of [
    [200, 'hello'],
    [200, '{"revision":1,"values":{}}'],
    [404, '{"error":"no such page"}'],
    [500, ''],
    [200, 'x'.repeat(2_000_000)],
  ] as const) {
    expect(await looked(always(status, body)), body.slice(0, 40)).toBeInstanceOf(BlindError)
  }
  expect(await looked(() => {}, 20)).toBeInstanceOf(BlindError)
  const brokenOff = await looked((_, response) => void response.write('{', () => response.destroy()))
  expect(brokenOff).toBeInstanceOf(BlindError)
})

test('a refused write is final; one that may have landed may be tried again', async () => {
  expect(await written(always(409, '{"error":"revision 7"}'))).toBeInstanceOf(ConflictError)
  const refused = await written(always(422, '{"error":"no such name"}'))
  expect(refused).toBeInstanceOf(TerminalError)
  expect(refused).not.toBeInstanceOf(ConflictError)
  expect((refused as Error).message).toMatch(/^POST http:.*: 422, no such name$/)
  for (const answer of [always(500, 'oops'), always(200, 'hello'), always(302, '')]) {
    expect(await written(answer)).toBeInstanceOf(RetryableError)
  }
  expect(await written(() => {}, 20)).toBeInstanceOf(RetryableError)
})

test('whoever stops waiting is told so, also while the answer is on its way', async () => {
  const { place, stop } = await onTcp((_, response) => void response.write('{'))
  stops.push(stop)
  const specs = specsAt(() => place)
  const givingUp = new AbortController()
  const late = specs.patch(target, change, givingUp.signal)
  setTimeout(() => givingUp.abort(new Error('enough')), 30)
  await expect(late).rejects.toMatchObject({ name: 'RetryableError', cause: { message: 'enough' } })
})

test('what is no target of this connector is refused before anybody is asked', async () => {
  const specs = specsAt(() => {
    throw new TerminalError('not mine')
  })
  await expect(specs.read(target, abort)).rejects.toThrow('not mine')
  await expect(specs.patch(target, change, abort)).rejects.toBeInstanceOf(TerminalError)
})
