import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { secretFor, startedApi, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'
import { healed, tell, WEB } from '../../test/fixtures/incidents.ts'
import type { Proposal } from '../domain/proposal.ts'
import { NoOwnerError } from './client.ts'
import { contract, type RouteName } from './contract.ts'
import { linksOf } from './links.ts'
import { openApi } from './openapi.ts'
import { ForbiddenError } from '../domain/errors.ts'
import { NotFoundError, UnauthorizedError } from './problem.ts'
import { callRemote } from './remote.ts'

const open: StartedApi[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
async function start(different: Parameters<typeof startedApi>[0] = {}): Promise<StartedApi> {
  const api = await startedApi(different)
  open.push(api)
  return api
}
const names = Object.keys(contract) as RouteName[]
const filled = (path: string): string => path.replaceAll(/:\w+/g, 'x-1')

describe('what only reads', () => {
  test('decides nothing: neither GET nor HEAD of any route is heard as an order', async () => {
    const api = await start()
    const paths = new Set([
      ...names.map((name) => filled(contract[name].path)),
      '/-/reload',
      '/-/wake',
      '/',
      '/metrics',
    ])
    for (const path of paths) {
      for (const method of ['GET', 'HEAD']) {
        const query = '?reason=x&by=eve&freeze=true&until=9999999999999&sig=AAAA'
        for (const url of [path, path + query]) await (await fetch(api.base + url, { method })).arrayBuffer()
      }
    }
    expect(api.operator.heard).toEqual([])
  })

  test('has a tag on every GET, and is not sent again to whoever has it', async () => {
    const api = await start()
    await tell(api.record, healed)
    const gets = names.filter((name) => contract[name].method === 'GET').map((name) => contract[name].path)
    const there = (path: string): string =>
      path
        .replace('runs/:id', 'runs/run-1')
        .replace(':id', 'inc-1')
        .replace(/ledger$/, `ledger?target=${WEB}`)
        .replace(/plans$/, 'plans?incident=inc-1')
    for (const path of gets.map(there)) {
      const answer = await fetch(api.base + path)
      if (answer.status === 404) continue
      const etag = answer.headers.get('etag') ?? ''
      expect([answer.status, answer.headers.get('cache-control')], path).toEqual([200, 'no-cache'])
      expect(etag, path).toMatch(/^W\/".+"$/)
      const again = await fetch(api.base + path, { headers: { 'if-none-match': `"other", ${etag}` } })
      expect([again.status, await again.text(), again.headers.get('etag')], path).toEqual([304, '', etag])
      const head = await fetch(api.base + path, { method: 'HEAD' })
      expect([head.status, head.headers.get('etag'), await head.text()], path).toEqual([200, etag, ''])
      const other = await fetch(api.base + path, { headers: { 'if-none-match': 'W/"other"' } })
      expect(other.status, path).toBe(200)
      await other.arrayBuffer()
    }
  })
})

describe('lists', () => {
  test('come in pages that together are the whole, each item once', async () => {
    const api = await start()
    for (let n = 1; n <= 7; n++) {
      const [incident, run] = [`inc-${n}`, `run-${n}`]
      const owner = 'lab:shop/service/web' as const
      await api.record.commit({
        at: { wallMs: n, bootMs: n, bootId: 'b' },
        entries: [{ incident, body: { kind: 'incident-opened', owner, severity: 'high', findings: [] } }],
        writes: [
          { do: 'open-incident', incident, owner },
          { do: 'open-run', row: { run, incident, plan: 'p', owner, target: owner } },
          ...(n <= 2 ? [{ do: 'close-incident' as const, incident }] : []),
        ],
      })
    }
    const owner = callRemote({ url: api.base })
    const walked = async (page: (after?: string) => Promise<{ items: readonly unknown[]; next?: string }>) => {
      const found: unknown[][] = []
      let after: string | undefined
      do {
        const { items, next } = await page(after)
        found.push([...items])
        after = next
      } while (after !== undefined)
      return found
    }
    const ids = (found: unknown[][]): unknown[] => found.flat().map((one) => (one as { id?: string; run?: string }).id)
    const some = (after?: string) => (after === undefined ? { limit: 3 } : { limit: 3, after })
    const all = await walked((after) => owner.incidents({ ...some(after), state: 'all' }))
    expect(all.map((page) => page.length)).toEqual([3, 3, 1])
    expect(ids(all)).toEqual(['inc-7', 'inc-6', 'inc-5', 'inc-4', 'inc-3', 'inc-2', 'inc-1'])
    expect(ids(await walked((after) => owner.incidents({ ...some(after), state: 'closed' })))).toEqual([
      'inc-2',
      'inc-1',
    ])
    expect(ids(await walked((after) => owner.incidents({ ...some(after), state: 'open' })))).toHaveLength(5)
    const runs = (await walked((after) => owner.runs(some(after)))).flat()
    expect(runs.map((row) => (row as { run: string }).run)).toEqual([7, 6, 5, 4, 3, 2, 1].map((n) => `run-${n}`))
    const seqs = async (order: 'oldest' | 'newest', text?: string): Promise<number[]> => {
      const pages = await walked(async (after) =>
        owner.record({ limit: 3, order, ...(after !== undefined && { after: Number(after) }), ...(text && { text }) }),
      )
      return pages.flat().map((one) => (one as { seq: number }).seq)
    }
    expect(await seqs('oldest')).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(await seqs('newest')).toEqual([7, 6, 5, 4, 3, 2, 1])
    expect(await seqs('newest', 'SHOP/service')).toEqual([7, 6, 5, 4, 3, 2, 1])
    expect(await seqs('oldest', 'inc-4')).toEqual([4])
    expect(await seqs('oldest', 'not there')).toEqual([])
    const of = await owner.record({ limit: 9, order: 'oldest', kind: 'paged,incident-opened', incident: 'inc-3' })
    expect(of.items.map(({ seq }) => seq)).toEqual([3])
  })

  test('of alerts go on behind the last one that was seen', async () => {
    const api = await start()
    const alert = (n: number): object => ({ ...ALERT, fingerprint: `f${n}` })
    Object.assign(api.operator, { alerts: () => [1, 2, 3, 4, 5].map(alert) })
    const owner = callRemote({ url: api.base })
    const page = await owner.alerts({ limit: 2, only: 'all' })
    expect([page.items.map(({ fingerprint }) => fingerprint), page.next]).toEqual([['f1', 'f2'], 'f2'])
    const last = await owner.alerts({ limit: 3, only: 'idle', after: 'f2' })
    expect([last.items.map(({ fingerprint }) => fingerprint), last.next]).toEqual([['f3', 'f4', 'f5'], undefined])
  })
})

const ALERT = {
  status: 'firing',
  labels: {},
  annotations: {},
  startsAt: 1,
  source: 'alertmanager',
  receivedAt: 1,
  severity: 'high',
  aim: { kind: 'unmapped', reason: 'a test' },
  policies: [],
}

describe('a client from elsewhere', () => {
  test('gives orders and reads in the name of its token, and throws what the owner threw', async () => {
    const tokens = [tokenFor('viewer'), tokenFor('operator')]
    const api = await start({ access: () => ({ access: { tokens } }) })
    const [viewer, operator] = ['viewer', 'operator'].map((role) =>
      callRemote({ url: `${api.base}/`, token: secretFor(role) }),
    )
    await operator!.hold({ reason: 'disk', target: 'lab:shop/instance/web-1', forMs: 60_000, by: 'ann' })
    expect(api.operator.heard).toEqual([
      { hold: { reason: 'disk', target: 'lab:shop/instance/web-1', forMs: 60_000, by: 'the-operator' } },
    ])
    expect(await viewer!.me({})).toEqual({ name: 'the-viewer', role: 'viewer', tokens: true, demo: {} })
    await expect(viewer!.pause({ reason: 'x', freeze: false })).rejects.toBeInstanceOf(ForbiddenError)
    await expect(viewer!.run({ id: '../x' })).rejects.toBeInstanceOf(NotFoundError)
    await expect(callRemote({ url: api.base }).status({})).rejects.toBeInstanceOf(UnauthorizedError)
    await expect(callRemote({ url: 'http://127.0.0.1:1' }).status({})).rejects.toBeInstanceOf(NoOwnerError)
    for (const url of ['ftp://x', 'x', 'http://eve:secret@x', '']) {
      expect(() => callRemote({ url }), url).toThrow(/no address/)
      expect(() => callRemote({ url })).not.toThrow(/secret/)
    }
  })
})

describe('the lab', () => {
  test('is there in the demo only', async () => {
    const api = await start()
    const owner = callRemote({ url: api.base })
    await expect(owner.lab()).rejects.toBeInstanceOf(NotFoundError)
    await expect(owner.inject({ name: 'crash' })).rejects.toBeInstanceOf(NotFoundError)
    await expect(owner.undo({ name: 'crash' })).rejects.toBeInstanceOf(NotFoundError)
  })

  test('is asked through us, since no page may ask it itself', async () => {
    const asked: string[] = []
    const lab = createServer(({ method, url, headers }, response) => {
      asked.push(`${method} ${url} ${headers.origin}`)
      response.statusCode = url === '/faults/none' ? 400 : 200
      response.end(JSON.stringify(url === '/faults/none' ? { error: "the lab has no fault 'none'" } : { done: url }))
    })
    await new Promise<void>((done) => lab.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(lab.address() as AddressInfo).port}`
    const api = await start({ lab: url })
    const owner = callRemote({ url: api.base })
    expect((await owner.me()).demo).toEqual({ lab: url })
    expect(await owner.lab()).toEqual({ done: '/' })
    expect(await owner.inject({ name: 'crash' })).toEqual({ done: '/faults/crash' })
    expect(await owner.undo({ name: 'crash' })).toEqual({ done: '/faults/crash' })
    await expect(owner.inject({ name: 'none' })).rejects.toThrow("the lab has no fault 'none'")
    await expect(owner.inject({ name: '../x' })).rejects.toThrow(/name/)
    await new Promise((done) => lab.close(done))
    await expect(owner.lab()).rejects.toThrow(/does not answer/)
    const expected = ['GET /', 'POST /faults/crash', 'DELETE /faults/crash', 'POST /faults/none']
    expect(asked).toEqual(expected.map((one) => `${one} undefined`))
  })
})

describe('OpenAPI', () => {
  type Operation = {
    operationId: string
    responses: Record<string, object>
    parameters: { name: string; in: string }[]
  }
  const document = openApi() as unknown as {
    openapi: string
    security: object[]
    paths: Record<string, Record<string, Operation>>
    components: { securitySchemes: object; schemas: object; responses: object }
  }

  test('is served, and has every route of the contract with its fields, security and problems', async () => {
    const api = await start()
    expect(await (await fetch(`${api.base}/api/v1/openapi.json`)).json()).toEqual(document)
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(document.components.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } })
    for (const name of names) {
      const { method, path } = contract[name]
      const operation = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      expect(operation?.operationId).toBe(name)
      expect(Object.keys(operation?.responses ?? {}), name).toEqual(
        expect.arrayContaining(['200', '401', '403', '429']),
      )
      const inPath = [...path.matchAll(/:(\w+)/g)].map(([, field]) => field)
      expect(operation?.parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(inPath)
    }
    expect(document.paths['/api/v1/events']?.['get']?.operationId).toBe('events')
  })

  test('holds nothing dangling: every reference leads to something, every schema is an object', () => {
    const text = JSON.stringify(document)
    for (const [, at] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = (at ?? '')
        .split('/')
        .reduce<unknown>((here, key) => (here as Record<string, unknown>)?.[key], document)
      expect(found, at).toBeTypeOf('object')
    }
    const pages = ['incidents', 'runs', 'proposals', 'alerts', 'record']
    for (const noun of pages) {
      const schema = document.paths[`/api/v1/${noun}`]?.['get']?.responses['200']
      expect(schema, noun).toMatchObject({
        content: {
          'application/json': { schema: { properties: { items: { type: 'array' }, next: { type: 'string' } } } },
        },
      })
    }
  })
})

describe('a signed link', () => {
  test('is checked where it leads, and is no answer to anything', async () => {
    const links = linksOf(Buffer.alloc(32, 7), () => 'https://kintsugi.example')
    const api = await start({ links, now: () => 1000 })
    const incident = 'inc-1'
    const proposal = { id: 'prop-1', incident, proposedAt: 1, expiresAt: 5000 } as unknown as Proposal
    await api.record.commit({
      at: { wallMs: 1, bootMs: 1, bootId: 'b' },
      entries: [{ incident, body: { kind: 'proposed', proposal } }],
      writes: [
        { do: 'open-incident', incident, owner: WEB },
        { do: 'open-proposal', proposal: proposal.id, incident },
      ],
    })
    const path = (links.linkTo(proposal) ?? '').replace('https://kintsugi.example', '/api/v1')
    const linkOf = async (at: string): Promise<unknown> => {
      const answer = (await (await fetch(api.base + at)).json()) as { proposal: object; link?: string }
      expect(answer.proposal).toEqual(proposal)
      return answer.link
    }
    expect(await linkOf(path)).toBe('genuine')
    expect(await linkOf(path.replace('until=5000', 'until=6000'))).toBe('forged')
    expect(await linkOf(path.replace(/sig=.*/, 'sig=x'))).toBe('forged')
    expect(await linkOf('/api/v1/proposals/prop-1')).toBeUndefined()
    expect((await fetch(`${api.base}/api/v1/proposals/prop-2`)).status).toBe(404)
    expect((await fetch(api.base + path.replace('?', '/approve?'))).status).toBe(404)
    expect(api.operator.heard).toEqual([])
  })
})
