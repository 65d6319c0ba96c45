import { request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { startIssuer } from '../../test/fakes/issuer.ts'
import { secretFor, startedApi, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'
import type { AccessToken } from '../config/config.ts'
import { secretOf } from '../config/secret.ts'
import { ROLES, type Role } from '../domain/role.ts'
import { accessOf, type Asking } from './access.ts'
import { contract, type RouteName } from './contract.ts'
import { EVENTS } from './contract/record.ts'
import { can } from './roles.ts'

const ALL: readonly Role[] = ROLES
const READERS: readonly Role[] = ['viewer', 'operator', 'approver', 'admin']
const OPERATORS: readonly Role[] = ['operator', 'approver', 'admin']
const APPROVERS: readonly Role[] = ['approver', 'admin']
const ADMINS: readonly Role[] = ['admin']
const SENDERS: readonly Role[] = ['sender', 'operator', 'approver', 'admin']

const reason = { reason: 'a test' }

/** Who may, written out by hand: what the contract says is compared with this, and so is what the server does. */
const ROUTES: Readonly<Record<RouteName, readonly [roles: readonly Role[], body?: object]>> = {
  me: [ALL],
  status: [READERS],
  config: [READERS],
  openapi: [READERS],
  lab: [READERS],
  overview: [READERS],
  targets: [READERS],
  policies: [READERS],
  pauses: [READERS],
  loud: [READERS],
  plans: [READERS],
  incidents: [READERS],
  incident: [READERS],
  runs: [READERS],
  run: [READERS],
  proposals: [READERS],
  proposal: [READERS],
  alerts: [READERS],
  preview: [READERS, { body: [] }],
  record: [READERS],
  verify: [READERS],
  ledger: [READERS],
  stats: [READERS],
  report: [READERS],
  inject: [OPERATORS, {}],
  undo: [OPERATORS, {}],
  pause: [OPERATORS, { ...reason, freeze: false }],
  resume: [OPERATORS, reason],
  hold: [OPERATORS, { ...reason, target: 'lab:shop/instance/web-1', forMs: 60_000 }],
  announce: [OPERATORS, { ...reason, target: 'lab:shop/service/web', actor: 'deployment', forMs: 60_000, share: 0.5 }],
  endAnnouncement: [OPERATORS, reason],
  release: [OPERATORS, { ...reason, subject: 'run-1' }],
  takeOver: [OPERATORS, reason],
  acknowledge: [OPERATORS, reason],
  wrong: [OPERATORS, reason],
  wake: [OPERATORS, {}],
  approve: [APPROVERS, reason],
  reject: [APPROVERS, reason],
  reload: [ADMINS, {}],
}

type Call = { readonly method: string; readonly path: string; readonly body?: string }
const OTHERS: readonly (readonly [Call, readonly Role[]])[] = [
  [{ method: 'GET', path: '/metrics' }, READERS],
  [{ method: 'POST', path: '/-/wake' }, OPERATORS],
  [{ method: 'POST', path: '/-/reload' }, ADMINS],
  [{ method: 'POST', path: '/api/v2/alerts', body: '[]' }, SENDERS],
  [{ method: 'POST', path: '/webhooks/alertmanager', body: '{"alerts":[]}' }, SENDERS],
  [{ method: 'POST', path: '/v1/traces', body: '{"resourceSpans":[]}' }, SENDERS],
  [{ method: 'GET', path: EVENTS.path }, READERS],
]
const OPEN = ['/healthz', '/readyz', '/-/ready', '/-/healthy']

const callOf = (name: RouteName): Call => {
  const { method, path } = contract[name]
  const body = ROUTES[name][1]
  return { method, path: path.replaceAll(/:\w+/g, 'x-1'), ...(body && { body: JSON.stringify(body) }) }
}
const CALLS = [
  ...(Object.keys(contract) as RouteName[]).map((name) => [callOf(name), ROUTES[name][0]] as const),
  ...OTHERS,
]

let api: StartedApi
const open: StartedApi[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(...args: Parameters<typeof startedApi>): Promise<StartedApi> {
  const started = await startedApi(...args)
  open.push(started)
  return started
}

async function statusOf({ method, path, body }: Call, headers: Record<string, string> = {}): Promise<number> {
  const abort = new AbortController()
  const answer = await fetch(api.base + path, {
    method,
    signal: abort.signal,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body }),
  })
  abort.abort()
  return answer.status
}
const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` })

/** Guesses are slowed down: with an hour between two of them none is. */
function startWith(tokens: readonly AccessToken[]): Promise<StartedApi> {
  let now = Date.now()
  return start({ access: () => ({ access: { tokens } }), now: () => (now += 3_600_000) })
}

describe('with tokens', () => {
  const expired = tokenFor('admin', { name: 'old', token: secretOf(secretFor('expired')), expiresAt: 1 })
  const tokens = [...ROLES.map((role) => tokenFor(role)), expired]

  test('every route is open to the roles it names, and to no others', async () => {
    api = await startWith(tokens)
    for (const [call, roles] of CALLS) {
      for (const role of ROLES) {
        const status = await statusOf(call, bearer(secretFor(role)))
        const refused = status === 401 || status === 403
        expect([call.method, call.path, role, refused], String(status)).toEqual([
          call.method,
          call.path,
          role,
          !roles.includes(role),
        ])
        expect(status, call.path).not.toBe(500)
      }
    }
  })

  test('no route answers to a wrong, expired, absent or malformed token', async () => {
    api = await startWith(tokens)
    const none = [
      {},
      bearer('wrong-0123456789abcdef'),
      bearer(secretFor('expired')),
      bearer(''),
      bearer(secretFor('admin').toUpperCase()),
      bearer(secretFor('admin').slice(0, -1)),
      bearer(`${secretFor('admin')} ${secretFor('viewer')}`),
      { authorization: `Basic ${Buffer.from(`admin:${secretFor('admin')}`).toString('base64')}` },
      { cookie: `token=${secretFor('admin')}` },
    ]
    for (const [call] of CALLS) {
      for (const headers of none)
        expect(await statusOf(call, headers), `${call.path} ${JSON.stringify(headers)}`).toBe(401)
    }
    expect(await statusOf({ method: 'GET', path: `/api/v1/status?token=${secretFor('admin')}` })).toBe(401)
    expect(api.operator.heard).toEqual([])
    expect(api.book.all()).toEqual([])
  })

  test('health needs none', async () => {
    api = await startWith(tokens)
    for (const path of OPEN) expect(await statusOf({ method: 'GET', path }), path).toBe(200)
  })

  test('a refusal says what is lacking, and nothing of any token', async () => {
    api = await startWith(tokens)
    const asked = (secret?: string): Promise<Response> =>
      fetch(`${api.base}/api/v1/pause`, {
        method: 'POST',
        body: JSON.stringify({ ...reason, freeze: true }),
        headers: { 'content-type': 'application/json', ...(secret !== undefined && bearer(secret)) },
      })
    const absent = await asked()
    expect(absent.headers.get('www-authenticate')).toBe('Bearer realm="kintsugi"')
    expect(await absent.json()).toMatchObject({ type: 'urn:kintsugi:problem:unauthorized', status: 401 })
    expect(await (await asked(secretFor('expired'))).json()).toMatchObject({
      detail: expect.stringContaining('expired'),
    })
    const text = await (await asked(secretFor('viewer'))).text()
    expect(JSON.parse(text)).toMatchObject({ status: 403, detail: expect.stringMatching(/role operator.*is viewer/) })
    expect(text).not.toContain('0123456789')
  })

  test('an order is in the name of the token, whatever the caller says', async () => {
    api = await startWith(tokens)
    const body = JSON.stringify({ ...reason, by: 'somebody-else', freeze: true })
    expect(await statusOf({ method: 'POST', path: '/api/v1/pause', body }, bearer(secretFor('operator')))).toBe(200)
    expect(api.operator.heard).toEqual([{ pause: { reason: 'a test', by: 'the-operator', freeze: true } }])
  })

  test('tokens are taken over anew while it runs', async () => {
    let now = Date.now()
    let current: readonly AccessToken[] = [tokenFor('viewer')]
    api = await start({ access: () => ({ access: { tokens: current } }), now: () => (now += 3_600_000) })
    const call = { method: 'GET', path: '/api/v1/status' }
    expect(await statusOf(call, bearer(secretFor('viewer')))).toBe(200)
    current = [tokenFor('admin')]
    expect(await statusOf(call, bearer(secretFor('viewer')))).toBe(401)
    expect(await statusOf(call, bearer(secretFor('admin')))).toBe(200)
  })

  test('guesses from one address are slowed down, and whoever has a token is not', async () => {
    api = await start({ access: () => ({ access: { tokens } }) })
    const call = { method: 'GET', path: '/api/v1/status' }
    const statuses: number[] = []
    for (let n = 0; n < 14; n++) statuses.push(await statusOf(call, bearer(`wrong-0123456789abcde${n}`)))
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401))
    expect(statuses.slice(-3)).toEqual([429, 429, 429])
    expect(await statusOf(call, bearer(secretFor('viewer')))).toBe(200)
    const again = await fetch(`${api.base}/api/v1/status`, { headers: bearer('wrong-0123456789abcdef') })
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('who asks too much is told when to come again, and others are not kept waiting', async () => {
    api = await start({ access: () => ({ access: { tokens } }), now: () => 1_800_000_000_000 })
    const call = { method: 'GET', path: '/api/v1/me' }
    const statuses = new Set<number>()
    for (let n = 0; n < 501; n++) statuses.add(await statusOf(call, bearer(secretFor('operator'))))
    expect([...statuses]).toEqual([200, 429])
    expect(await statusOf(call, bearer(secretFor('viewer')))).toBe(200)
    // Nor are alerts, whoever sends them.
    const alerts = { method: 'POST', path: '/api/v2/alerts', body: '[]' }
    expect(await statusOf(alerts, bearer(secretFor('operator')))).toBe(200)
  })
})

describe('without tokens', () => {
  /** As a client that says what it wants of itself; `fetch` would not let it. */
  function rawStatus({ method, path, body }: Call, headers: Record<string, string>): Promise<number> {
    const { port } = new URL(api.base)
    return new Promise((resolve, reject) => {
      const all = { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }
      const call = request({ host: '127.0.0.1', port, method, path, headers: all, agent: false }, (answer) => {
        resolve(answer.statusCode ?? 0)
        answer.destroy()
      })
      call.on('error', reject)
      call.end(body)
    })
  }

  test('whoever is on this machine may everything, in the name they give', async () => {
    api = await startWith([])
    for (const [call] of CALLS) expect([401, 403], call.path).not.toContain(await statusOf(call))
    expect(api.operator.heard).toContainEqual({ pause: { reason: 'a test', by: 'local', freeze: false } })
    const body = JSON.stringify({ ...reason, by: 'ann' })
    await statusOf({ method: 'POST', path: '/api/v1/resume', body })
    expect(api.operator.heard.at(-1)).toEqual({ resume: { reason: 'a test', by: 'ann' } })
    expect(await (await fetch(`${api.base}/api/v1/me`)).json()).toEqual({
      name: 'local',
      role: 'admin',
      tokens: false,
      demo: {},
    })
  })

  test('a name that only leads here is refused: a page of somebody else could have it', async () => {
    api = await startWith([])
    const { port } = new URL(api.base)
    for (const [call] of CALLS) {
      for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', '192.168.0.9', 'x y']) {
        expect(await rawStatus(call, { host }), `${call.path} ${host}`).toBe(403)
      }
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, '127.0.0.1', '[::1]:1', 'LOCALHOST']) {
        expect(await rawStatus(call, { host }), `${call.path} ${host}`).not.toBe(403)
      }
    }
    for (const path of OPEN) expect(await rawStatus({ method: 'GET', path }, { host: 'probe.example' })).toBe(200)
  })

  test('a page of another origin may post nothing, and the console may', async () => {
    api = await startWith([])
    const posts = CALLS.filter(([{ method }]) => method === 'POST')
    for (const [call] of posts) {
      for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1', `https://localhost`]) {
        expect(await rawStatus(call, { origin, host: new URL(api.base).host }), `${call.path} ${origin}`).toBe(403)
      }
    }
    expect(api.operator.heard).toEqual([])
    for (const [call] of posts) expect(await statusOf(call, { origin: api.base }), call.path).not.toBe(403)
  })
})

describe('with a provider of identities', () => {
  test('every route is open to the roles that groups mean, and to no others; who may not is told of', async () => {
    let now = Date.now()
    const issuer = await startIssuer(() => now)
    const roles = Object.fromEntries(ROLES.map((role) => [`the-${role}s`, role]))
    const about = {
      issuer: issuer.url,
      clientId: 'kintsugi',
      audience: 'kintsugi',
      scopes: ['openid'],
      claim: 'groups',
    }
    const oidc = { ...about, roles, nameClaim: 'name' }
    api = await start({ access: () => ({ access: { tokens: [], oidc } }), now: () => (now += 1000) })
    let refused = 0
    for (const role of [...ROLES, 'stranger']) {
      const token = await issuer.sign({
        sub: role,
        name: role,
        groups: [`the-${role}s`],
        exp: Math.floor(now / 1000) + 36_000,
      })
      for (const [call, allowed] of CALLS) {
        const status = await statusOf(call, bearer(token))
        const may = role !== 'stranger' && allowed.includes(role as Role)
        expect(status === 403, `${role} ${call.method} ${call.path}: ${status}`).toBe(!may)
        expect(status, `${role} ${call.path}`).not.toBe(401)
        if (!may && role !== 'stranger') refused++
      }
    }
    expect(api.operator.refusals).toHaveLength(refused)
    expect(api.operator.refusals[0]).toMatchObject({
      by: 'sender (oidc)',
      who: { person: 'oidc:sender' },
      what: 'GET /api/v1/status',
    })
    expect(
      new Set(api.operator.heard.flatMap((one) => Object.values(one as object).map(({ by }) => by as unknown))),
    ).not.toContain('viewer (oidc)')
    await issuer.close()
  })
})

describe('away from the loopback without tokens', () => {
  const asking: Asking = {
    method: 'GET',
    path: '/api/v1/status',
    address: '10.0.0.7',
    authorization: undefined,
    cookie: undefined,
    host: '10.0.0.1:8420',
    origin: undefined,
  }
  const access = accessOf(() => ({ access: { tokens: [] }, listen: { host: '0.0.0.0', port: 8420 } }), Date.now)

  test('everybody may look, and nobody may write', async () => {
    for (const name of Object.keys(contract) as RouteName[]) {
      const admitted = (): Promise<unknown> =>
        access.admit({ ...asking, method: contract[name].method }, contract[name].role)
      const looks = ROUTES[name][0].includes('viewer')
      if (looks) expect(await admitted(), name).toMatchObject({ role: 'viewer' })
      else await expect(admitted(), name).rejects.toThrow(/for looking only/)
    }
  })

  test('alerts are taken by whatever name the sender knows us, but from no web page', async () => {
    void access.admitSender({ ...asking, method: 'POST', host: 'kintsugi:8420' })
    expect(() => access.admitSender({ ...asking, method: 'POST', origin: 'http://evil.example' })).toThrow(/origin/)
    await expect(access.admit({ ...asking, host: 'kintsugi:8420' }, 'viewer')).rejects.toThrow(/not the name/)
  })

  test('the address that people were told is a name of ours', async () => {
    const told = accessOf(
      () => ({ access: { tokens: [] }, listen: { host: '0.0.0.0', port: 1 }, publicUrl: 'https://kintsugi.example' }),
      Date.now,
    )
    expect(await told.admit({ ...asking, host: 'kintsugi.example' }, 'viewer')).toMatchObject({ role: 'viewer' })
  })
})

test('the table that server and console share is the one written here', () => {
  for (const name of Object.keys(contract) as RouteName[]) {
    expect(
      ROLES.filter((role) => can(role, name)),
      name,
    ).toEqual(ROUTES[name][0])
  }
})
