import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import type { Observation } from '../domain/signal.ts'
import { scrapeSource, type ScrapeSourceConfig } from './scrape.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections()
})

async function scrapeOnce(listener: RequestListener, more: Partial<ScrapeSourceConfig> = {}): Promise<Observation> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const place = {
    ref: 'lab:shop/service/gateway',
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
  } as const
  const config = { name: 'gateway', at: { path: '/metrics' }, intervalMs: 1000, timeoutMs: 1000, ...more }
  const [look] = scrapeSource(config, () => [place], { clock: { ...systemClock(), now: () => 5000 } }).round()
  return look!.look(5000, new AbortController().signal)
}

const serve =
  (body: string, contentType = 'text/plain; version=0.0.4'): RequestListener =>
  (_, response) => {
    response.setHeader('content-type', contentType)
    response.end(body)
  }

test('samples are about the target that was scraped, at the time of the scrape or an earlier one of their own', async () => {
  const observation = await scrapeOnce(serve('hits{code="200"} 7\nold 1 4000\nto_come 1 9000\nbad line here\n'))
  expect(observation).toMatchObject({ source: 'gateway', intervalMs: 1000 })
  expect(observation.samples.map(({ metric, labels, at, target }) => [metric, labels, at, target])).toEqual([
    ['hits', { code: '200' }, 5000, 'lab:shop/service/gateway'],
    ['old', {}, 4000, 'lab:shop/service/gateway'],
    ['to_come', {}, 5000, 'lab:shop/service/gateway'],
  ])
})

test('OpenMetrics is told by its content type', async () => {
  const { samples } = await scrapeOnce(
    serve('hits_total 7 4.5\n# EOF\n', 'application/openmetrics-text; version=1.0.0'),
  )
  expect(samples[0]).toMatchObject({ value: 7, at: 4500 })
})

test('one exposition may tell of many targets; what belongs to none is left out', async () => {
  const targetOf: ScrapeSourceConfig['targetOf'] = ({ instance }) =>
    instance === undefined ? undefined : `lab:shop/instance/${instance}`
  const { samples } = await scrapeOnce(serve('up{instance="web-1"} 1\nup{instance="web-2"} 0\nup 1\n'), { targetOf })
  expect(samples.map(({ target }) => target)).toEqual(['lab:shop/instance/web-1', 'lab:shop/instance/web-2'])
})

test.each<[string, RequestListener, Partial<ScrapeSourceConfig>, string]>([
  ['an error', (_, response) => void response.writeHead(500).end('up 1'), {}, 'status 500'],
  ['no answer', () => {}, { timeoutMs: 30 }, 'no answer'],
  ['too much', serve('up 1\n'.repeat(1000)), { maxBytes: 1000 }, 'longer than 1000 bytes'],
  ['another format', serve('<html>hello</html>'), {}, 'line 1: a metric name is expected'],
])('%s hands in nothing, and says why', async (_, listener, more, reason) => {
  await expect(scrapeOnce(listener, more)).rejects.toThrow(reason)
})
