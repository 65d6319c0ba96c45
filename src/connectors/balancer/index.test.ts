import { afterEach, expect, test } from 'vitest'
import { startBalancer, startInstance, type TestBalancer } from '../../../test/balancer.ts'
import { specsLaws } from '../../../test/specs-laws.ts'
import { BlindError, RetryableError, TerminalError } from '../../domain/errors.ts'
import type { Connector } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { balancerConnector } from './index.ts'

const abort = new AbortController().signal
const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

const fronts: Record<string, ResourceRef> = { web: 'lab:shop/service/web', api: 'lab:shop/service/api' }
const connectorOf = ({ url }: Pick<TestBalancer, 'url'>): Connector =>
  balancerConnector({ name: 'edge', url: `${url}/`, namespace: 'shop', fronts, fetchTimeoutMs: 500 })

/** Nobody listens there. */
const NOWHERE = { url: 'http://127.0.0.1:1' }

async function balancer(addresses: Record<string, string> = { 'web-1': '127.0.0.1:1' }): Promise<TestBalancer> {
  const backends = Object.entries(addresses).map(([name, address]) => ({ name, address }))
  const started = await startBalancer({ web: { backends, timeoutMs: 1000 }, api: { backends: [], timeoutMs: 1000 } })
  open.push(started)
  return started
}

specsLaws("a pool's document", async () => {
  const backends = ['web-1', 'web-2'].map((name) => ({ name, address: '127.0.0.1:1' }))
  const started = await startBalancer({ web: { backends, timeoutMs: 1000 } })
  return {
    specs: connectorOf(started).tools.traffic!,
    target: 'edge:shop/pool/web',
    one: { 'weight.web-1': 10, rateLimitRps: 100 },
    two: { 'weight.web-1': 20, rateLimitRps: 200 },
    beside: { 'state.web-2': 'drain' },
    removable: 'rateLimitRps',
    refused: [
      { nonsense: 1 },
      { 'weight.web-1': 101 },
      { 'weight.nobody': 1 },
      { 'state.web-1': 'gone' },
      { breaker: 'half' },
    ],
    blind: async () => started.process.kill('SIGKILL'),
    close: () => started.close(),
  }
})

test('pools are durable targets of their own, each standing on the service behind it', async () => {
  const started = await balancer()
  const { nodes, addresses } = await connectorOf(started).discover(abort)
  const about = { durable: true, sharedFate: [], can: ['traffic'] }
  expect(nodes).toEqual([
    { ref: 'edge:shop/pool/web', dependsOn: ['lab:shop/service/web'], ...about },
    { ref: 'edge:shop/pool/api', dependsOn: ['lab:shop/service/api'], ...about },
  ])
  expect(addresses.get('edge:shop/pool/web')).toBe(started.urlOf('web').replace('http://', ''))
})

test('a look says what a pool does and how many backends take requests, stamped with the time of the look', async () => {
  const instance = await startInstance((request, response) => response.writeHead(request.url === '/' ? 200 : 500).end())
  open.push(instance)
  const started = await balancer({ 'web-1': instance.address, 'web-2': instance.address })
  for (const path of ['/', '/', '/broken']) await fetch(started.urlOf('web') + path)
  const { traffic } = connectorOf(started).tools
  const { revision: ifRevision } = await traffic!.read('edge:shop/pool/web', abort)
  const values = { breaker: 'open', 'state.web-2': 'drain' }
  await traffic!.patch('edge:shop/pool/web', { values, ifRevision, key: 'k' }, abort)
  await fetch(started.urlOf('web'))

  const { source, intervalMs, samples } = await connectorOf(started).observe(abort, 1_800_000_000_000)
  expect([source, intervalMs]).toEqual(['edge', 1000])
  expect(samples.every(({ at }) => at === 1_800_000_000_000)).toBe(true)
  const of = (target: string): Record<string, number> =>
    Object.fromEntries(samples.filter((sample) => sample.target === target).map(({ metric, value }) => [metric, value]))
  expect(of('edge:shop/pool/web')).toEqual({
    up: 1,
    pool_requests_total: 4,
    pool_requests_failed_total: 2,
    pool_limited_total: 1,
    pool_request_seconds_total: expect.any(Number),
    pool_in_flight: 0,
    pool_backends_up: 1,
    pool_breaker_open: 1,
  })
  expect(Object.keys(of('edge:shop/pool/api'))).toEqual(Object.keys(of('edge:shop/pool/web')))
})

test('a balancer that is gone or frozen is down, and nothing else is said; what was known of it is kept', async () => {
  const started = await balancer()
  const connector = connectorOf(started)
  const down = ['web', 'api'].map((pool) => ({
    metric: 'up',
    labels: {},
    target: `edge:shop/pool/${pool}`,
    at: 7,
    value: 0,
  }))
  started.process.kill('SIGSTOP')
  expect((await connector.observe(abort, 7)).samples).toEqual(down)
  await expect(connector.discover(abort)).rejects.toBeInstanceOf(RetryableError)
  started.process.kill('SIGKILL')
  expect((await connector.observe(abort, 7)).samples).toEqual(down)
})

test('whoever stops looking has seen nothing', async () => {
  await expect(connectorOf(NOWHERE).observe(AbortSignal.abort(), 1)).rejects.toBeInstanceOf(BlindError)
})

test('what is no pool of this connector is refused before anybody is asked, and an unknown one is not seen', async () => {
  const { traffic } = connectorOf(NOWHERE).tools
  for (const target of ['edge:shop/service/web', 'edge:other/pool/web', 'lab:shop/pool/web'] as const) {
    await expect(traffic!.read(target, abort)).rejects.toBeInstanceOf(TerminalError)
  }
  const real = connectorOf(await balancer()).tools.traffic!
  await expect(real.read('edge:shop/pool/nobody', abort)).rejects.toBeInstanceOf(BlindError)
})
