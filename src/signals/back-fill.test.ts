import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { ResourceRef } from '../domain/resource.ts'
import { systemClock } from '../lib/clock.ts'
import { filledFirst } from './back-fill.ts'
import { promqlSource } from './promql.ts'
import { createWindows } from './windows.ts'

const WEB = 'lab:shop/service/web' as ResourceRef
const CLOCK = systemClock()
let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A Prometheus whose only series is what the seconds of the time are, of a pod that is known and one that is not. */
async function prometheus(answers: boolean): Promise<string> {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    const isRange = url.pathname.endsWith('query_range')
    if (isRange && !answers) return void response.writeHead(422).end('{"status":"error"}')
    const at = (name: string): number => Math.floor(Number(url.searchParams.get(name)))
    const now = Math.floor(Date.now() / 1000)
    const times = Array.from({ length: at('end') - at('start') + 1 }, (_, i) => at('start') + i)
    const result = ['web', 'gone'].map((service) => ({
      metric: { service },
      ...(isRange ? { values: times.map((time) => [time, `${time}`]) } : { value: [now, `${now}`] }),
    }))
    const resultType = isRange ? 'matrix' : 'vector'
    const isAlerts = url.searchParams.get('query')?.startsWith('ALERTS') === true
    response.end(JSON.stringify({ status: 'success', data: { resultType, result: isAlerts ? [] : result } }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each([
  ['what queries would have seen stands before what they see', true, 61],
  ['a past that cannot be read keeps nobody from looking', false, 1],
])('%s', async (_what, answers, length) => {
  const query = { name: 'load', expr: 'load', target: 'lab:shop/service/{service}' }
  const config = {
    url: await prometheus(answers),
    stepMs: 1000,
    timeoutMs: 5000,
    staleAfterMs: 10_000,
    queries: [query],
  }
  const isKnown = (ref: ResourceRef): boolean => ref === WEB
  const windows = createWindows()
  const missed: string[] = []
  const source = filledFirst(promqlSource(config, { clock: CLOCK, isKnown, onDropped: () => {} }), config, 60_000, {
    clock: CLOCK,
    abort: AbortSignal.timeout(20_000),
    isKnown,
    onObservation: (observation) => windows.add(observation),
    onMissed: (what) => void missed.push(what),
  })
  const [look] = source.round()
  const seen = await look?.look(CLOCK.now(), AbortSignal.timeout(20_000))
  if (seen) windows.add(seen)
  const [series] = windows.select(WEB, 'load')
  // The newest of the past may be the present one.
  expect(Math.abs((series?.length ?? 0) - length)).toBeLessThanOrEqual(1)
  for (let i = 1; i < (series?.length ?? 0); i++) {
    expect((series?.valueAt(i) ?? 0) - (series?.valueAt(i - 1) ?? 0)).toBeLessThanOrEqual(2)
  }
  expect(missed).toEqual(answers ? [] : ['load'])
})
