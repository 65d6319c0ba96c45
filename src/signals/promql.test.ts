import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { isRef, type ResourceRef } from '../domain/resource.ts'
import { isStale, type Observation } from '../domain/signal.ts'
import { promqlSource, type PromqlSourceConfig } from './promql.ts'
import { createWindows } from './windows.ts'

const NOW = 1_800_000_000_000
const KNOWN: readonly ResourceRef[] = ['lab:shop/service/web', 'lab:shop/service/api']
const BY_LABEL = 'lab:{namespace}/service/{service}'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

type Asked = { readonly observation: Observation; readonly dropped: readonly string[] }

async function urlOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** One look by the one query at a real server. */
async function askOnce(
  listener: RequestListener,
  { target = BY_LABEL, ...more }: Partial<PromqlSourceConfig> & { readonly target?: string } = {},
): Promise<Asked> {
  const dropped: string[] = []
  const config: PromqlSourceConfig = {
    url: await urlOf(listener),
    stepMs: 30_000,
    timeoutMs: 2000,
    staleAfterMs: 120_000,
    queries: [{ name: 'error_share', expr: 'sum by (service) (rate(errors[1m])) > 0 & "ü"', target }],
    ...more,
  }
  const source = promqlSource(config, {
    clock: { ...systemClock(), now: () => NOW },
    isKnown: (ref) => KNOWN.includes(ref),
    onDropped: (query, reasons) => dropped.push(`${query}: ${reasons}`),
  })
  const [look] = source.round()
  return { observation: await look!.look(NOW, new AbortController().signal), dropped }
}

const json =
  (body: unknown, status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

type Row = { metric: Record<string, string>; value?: unknown; histogram?: unknown }

const vector = (...result: Row[]): unknown => ({ status: 'success', data: { resultType: 'vector', result } })
const row = (metric: Record<string, string>, value = '0.25', ageMs = 0): Row => ({
  metric,
  value: [(NOW - ageMs) / 1000, value],
})
const web = { namespace: 'shop', service: 'web' }

test('a series becomes a sample of the metric on the target that its labels name, with the labels that remain', async () => {
  const { observation, dropped } = await askOnce(
    json(vector(row({ ...web, __name__: 'x', code: '5"}{' }, '1e-2', 1500), row({ ...web, service: 'api' }))),
  )
  expect(observation.samples).toEqual([
    { metric: 'error_share', target: 'lab:shop/service/web', labels: { code: '5"}{' }, value: 0.01, at: NOW - 1500 },
    { metric: 'error_share', target: 'lab:shop/service/api', labels: {}, value: 0.25, at: NOW },
  ])
  expect(dropped).toEqual([])
})

test('a scalar is about the one target that is written out', async () => {
  const scalar = { status: 'success', data: { resultType: 'scalar', result: [NOW / 1000, '7'] } }
  const { observation } = await askOnce(json(scalar), { target: 'lab:shop/service/gateway' })
  expect(observation.samples).toMatchObject([{ target: 'lab:shop/service/gateway', value: 7 }])
})

test('nothing found is an answer, and hands in nothing', async () => {
  expect((await askOnce(json(vector()))).observation.samples).toEqual([])
})

test('the expression arrives as it is written, with the headers, and never carries old values forward', async () => {
  let asked: IncomingMessage | undefined
  const listener: RequestListener = (request, response) => {
    asked = request
    json(vector())(request, response)
  }
  await askOnce(listener, { headers: { Authorization: 'Bearer t0ken', 'X-Scope-OrgID': 'shop' } })
  const url = new URL(asked?.url ?? '', 'http://x')
  expect(url.pathname).toBe('/api/v1/query')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    query: 'sum by (service) (rate(errors[1m])) > 0 & "ü"',
    timeout: '2000ms',
    lookback_delta: '120000ms',
  })
  expect(asked?.headers).toMatchObject({ authorization: 'Bearer t0ken', 'x-scope-orgid': 'shop' })
})

test('what is taken in is stale once staleAfter is over by its own time, not by the time of asking', async () => {
  const { observation } = await askOnce(json(vector(row(web, '1', 100_000))))
  const windows = createWindows()
  windows.add(observation)
  const [series] = windows.select('lab:shop/service/web', 'error_share')
  expect(isStale(series!, NOW + 20_000)).toBe(false)
  expect(isStale(series!, NOW + 20_001)).toBe(true)
})

/** Beside a good series: what is wrong with the other, and what is said of it. */
test.each<[string, Row, string]>([
  ['NaN', row(web, 'NaN'), '1 since its value is NaN'],
  ['infinite', row(web, '-Inf'), '1 since its value is -Inf'],
  ['no number', row(web, '0x10'), '1 since its value is no number'],
  ['a native histogram', { metric: web, histogram: [1, {}] }, '1 since it is a native histogram, not a number'],
  ['old', row(web, '1', 120_001), '1 since its time is more than 2m ago'],
  ['from the future', row(web, '1', -120_001), "1 since its time is more than 2m ahead of this machine's clock"],
  ['without a label', row({ namespace: 'shop' }), "1 since it has no label 'service'"],
  ['an unknown target', row({ ...web, service: 'nobody' }), '1 since no target is known as lab:shop/service/nobody'],
  ['quotes and braces', row({ ...web, service: 'a"}{' }), `1 since its label 'service' is no plain name: "a\\"}{"`],
  ['dots', row({ ...web, service: '..' }), `1 since its label 'service' is no plain name: ".."`],
  ['a slash', row({ ...web, service: 'web/../db' }), `1 since its label 'service' is no plain name: "web/../db"`],
  ['a template', row({ ...web, service: '{x}' }), `1 since its label 'service' is no plain name: "{x}"`],
  ['a $&', row({ ...web, service: '$&' }), `1 since its label 'service' is no plain name: "$&"`],
  ['encoded', row({ ...web, service: '%77eb' }), `1 since its label 'service' is no plain name: "%77eb"`],
  ['a line break', row({ ...web, service: 'web\n' }), `1 since its label 'service' is no plain name: "web\\n"`],
  ['a megabyte of label', row({ ...web, x: 'x'.repeat(1024 ** 2) }), '1 since a label of it is too long'],
])('%s is counted and left out, with the reason', async (_, bad, reason) => {
  const { observation, dropped } = await askOnce(json(vector(row({ ...web, service: 'api' }), bad)))
  expect(observation.samples.map(({ target }) => target)).toEqual(['lab:shop/service/api'])
  expect(dropped).toEqual([`error_share: ${reason}`])
})

test('a megabyte where a name should be costs a short message', async () => {
  const { dropped } = await askOnce(
    json(vector(row({ ...web, service: 'x'.repeat(1024 ** 2) }), row({ ...web, service: 'api' }))),
  )
  expect(dropped[0]?.length).toBeLessThan(200)
})

test('series that are the same but for their name are all left out: the order of an answer decides nothing', async () => {
  const { observation, dropped } = await askOnce(
    json(vector(row({ ...web, __name__: 'a' }), row({ ...web, __name__: 'b' }), row({ ...web, code: '500' }))),
  )
  expect(observation.samples.map(({ labels }) => labels)).toEqual([{ code: '500' }])
  expect(dropped).toEqual([
    'error_share: 2 since without its name and the labels of its target it is the same as another',
  ])
})

test('no label value makes a target that is not known, or breaks a look', async () => {
  const hostile = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('web', '__proto__', 'constructor', '.', '*'))
  const rows = fc.array(fc.dictionary(fc.constantFrom('namespace', 'service', '__proto__', 'x'), hostile))
  await fc.assert(
    fc.asyncProperty(rows, async (metrics) => {
      const good = row({ ...web, code: 'the good one' })
      const { observation } = await askOnce(json(vector(good, ...metrics.map((metric) => row(metric)))))
      expect(observation.samples.length).toBeGreaterThan(0)
      expect(observation.samples.every(({ target }) => isRef(target) && KNOWN.includes(target))).toBe(true)
    }),
    { numRuns: 20 },
  )
})

const ERROR = { status: 'error', errorType: 'bad_data', error: 'parse error: unexpected "x"' }

test.each<[string, RequestListener, Partial<PromqlSourceConfig>, string]>([
  ['an error', json(ERROR, 400), {}, 'it answered bad_data: "parse error: unexpected \\"x\\""'],
  ['an error that is called well', json(ERROR), {}, 'it answered bad_data'],
  ['a page of a proxy', json('<html>', 502), {}, 'it answered with status 502'],
  ['a login page', json('<html>'), {}, 'its body is no answer to an instant query: "<html>"'],
  ['a redirect', (_, response) => void response.writeHead(302, { location: '/' }).end(), {}, 'status 302'],
  ['half a body', json('{"status":"success","data":{"resultType":"vec'), {}, 'its body is no answer'],
  ['a matrix', json({ status: 'success', data: { resultType: 'matrix', result: [] } }), {}, 'its body is no answer'],
  ['a label that is no text', json(vector({ metric: { a: 1 as never } })), {}, 'its body is no answer'],
  [
    'a warning',
    json({ ...(vector(row(web)) as object), warnings: ['no store matched'] }),
    {},
    'it answered with a warning: "no store matched"',
  ],
  ['no answer', () => {}, { timeoutMs: 50 }, 'no answer in 50 ms'],
  ['a body without end', (_, response) => void response.write('{'), { timeoutMs: 50 }, 'no answer in 50 ms'],
  ['a connection that breaks', (request) => void request.socket.destroy(), {}, 'socket hang up'],
  ['too long a body', json(vector(row(web))), { maxBytes: 50 }, 'longer than 50 bytes'],
  ['too many series', json(vector(row(web), row(web))), { maxSeries: 1 }, '2 series, more than 1: aggregate them'],
  [
    'nothing that can be used',
    json(vector(row(web, 'NaN'), row(web, '1', 999_999))),
    {},
    'no series of the answer can be used: 1 since its value is NaN; 1 since its time is more than 2m ago',
  ],
])('%s is blindness, with the reason', async (_, listener, more, reason) => {
  const asked = askOnce(listener, more)
  await expect(asked).rejects.toThrow(reason)
  await expect(asked).rejects.toMatchObject({ name: 'BlindError' })
})

test('an info is no reason for blindness', async () => {
  const { observation } = await askOnce(json({ ...(vector(row(web)) as object), infos: ['might not be a counter'] }))
  expect(observation.samples).toHaveLength(1)
})

test('reasons are told when they change, and when there are none any more', async () => {
  const answers = [vector(row(web), row({})), vector(row(web), row({}), row({})), vector(row(web))]
  const url = await urlOf((request, response) => json(answers.shift())(request, response))
  const told: string[] = []
  const queries = [{ name: 'q', expr: 'q', target: BY_LABEL }]
  const source = promqlSource(
    { url: `${url}/`, stepMs: 1000, timeoutMs: 1000, staleAfterMs: 3000, queries },
    {
      clock: { ...systemClock(), now: () => NOW },
      isKnown: () => true,
      onDropped: (query, reasons) => told.push(`${query}: ${reasons}`),
    },
  )
  for (let i = 0; i < 3; i++) await source.round()[0]?.look(NOW, new AbortController().signal)
  expect(told).toEqual(["q: 1 since it has no label 'namespace'", 'q: '])
})
