import { createHmac, createPublicKey } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startedApi, secretFor, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'
import { startIssuer, type Issuer } from '../../test/fakes/issuer.ts'
import type { OidcConfig } from '../config/config.ts'
import { secretOf } from '../config/secret.ts'

let now: number
let issuer: Issuer
let api: StartedApi
let config: OidcConfig
const HOUR_MS = 3_600_000

beforeEach(async () => {
  now = Date.now()
  issuer = await startIssuer(() => now)
  config = {
    issuer: issuer.url,
    clientId: 'kintsugi',
    clientSecret: secretOf('a-client-secret-0123'),
    audience: 'kintsugi',
    scopes: ['openid', 'profile'],
    claim: 'realm.groups',
    roles: { sre: 'approver', watchers: 'viewer' },
    nameClaim: 'preferred_username',
  }
  const publicUrl = 'http://kintsugi.test'
  api = await startedApi({
    access: () => ({ access: { tokens: [tokenFor('admin')], oidc: config }, publicUrl }),
    now: () => now,
  })
})
afterEach(async () => {
  await api.close()
  await issuer.close()
})

const ANN = { sub: 'u-1', preferred_username: 'ann', realm: { groups: ['sre', 'all'] } }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const get = (path: string, headers: Record<string, string>): Promise<Response> =>
  fetch(api.base + path, { headers, redirect: 'manual' })
const me = async (token: string): Promise<{ status: number; detail?: string; name?: string; role?: string }> => {
  const answer = await get('/api/v1/me', bearer(token))
  return { status: answer.status, ...((await answer.json()) as object) }
}
const part = (of: object): string => Buffer.from(JSON.stringify(of)).toString('base64url')

describe('a token of the provider', () => {
  test('says who asks, and their groups which role', async () => {
    expect(await me(await issuer.sign(ANN))).toMatchObject({ status: 200, name: 'ann (oidc)', role: 'approver' })
    await issuer.rotate('ES256')
    now += 60_000
    expect(await me(await issuer.sign({ ...ANN, realm: { groups: 'watchers' } }))).toMatchObject({ role: 'viewer' })
  })

  test('of somebody in no group that means a role may nothing, and is told why', async () => {
    const told = await me(await issuer.sign({ ...ANN, realm: { groups: ['all'] } }))
    expect(told).toMatchObject({ status: 403, detail: expect.stringContaining('access.oidc.roles') })
    expect(await me(await issuer.sign({ ...ANN, realm: { groups: ['__proto__', 'constructor'] } }))).toMatchObject({
      status: 403,
    })
  })

  test('that is hostile is refused, and told nothing of', async () => {
    const iat = Math.floor(now / 1000)
    const good = await issuer.sign(ANN)
    const [head = '', body = '', signature = ''] = good.split('.')
    const claims = { ...ANN, iss: issuer.url, aud: 'kintsugi', iat, exp: iat + 3600 }
    const pem = createPublicKey({ key: issuer.key(), format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    const confused = `${part({ alg: 'HS256', kid: 'key-1' })}.${part(claims)}`
    const other = await startIssuer(() => now)
    const hostile: Readonly<Record<string, string>> = {
      'alg none': `${part({ alg: 'none' })}.${part(claims)}.${signature}`,
      'alg none, nothing signed': `${part({ alg: 'none' })}.${part(claims)}.AA`,
      'the public key as a shared secret': `${confused}.${createHmac('sha256', pem).update(confused).digest('base64url')}`,
      'another body': `${head}.${part({ ...claims, sub: 'u-2' })}.${signature}`,
      'another signature': `${head}.${body}.${'A'.repeat(signature.length)}`,
      'of another issuer with the same name of a key': await other.sign({ ...ANN, iss: issuer.url }, { kid: 'key-1' }),
      'a key that it brings along': await other.sign({ ...ANN, iss: issuer.url }, { kid: 'key-9', jwk: other.key() }),
      'a key that it says where to find': await other.sign(
        { ...ANN, iss: issuer.url },
        { kid: 'key-9', jku: `${other.url}/keys` },
      ),
      'that says it is of another issuer': await issuer.sign({ ...ANN, iss: other.url }),
      'for somebody else': await issuer.sign({ ...ANN, aud: 'wiki' }),
      'for nobody': await issuer.sign({ ...ANN, aud: undefined } as never),
      expired: await issuer.sign({ ...ANN, iat: iat - 7200, exp: iat - 60 }),
      'without an end': await issuer.sign({ ...ANN, exp: undefined } as never),
      'not yet good': await issuer.sign({ ...ANN, nbf: iat + 600 }),
      'from the future': await issuer.sign({ ...ANN, iat: iat + 600, exp: iat + 7200 }),
      'of nobody': await issuer.sign({ ...ANN, sub: '' }),
      'without a subject': await issuer.sign({ ...ANN, sub: undefined } as never),
      'with what must be understood': await issuer
        .sign(ANN, { crit: ['x'], x: 1 })
        .catch(() => `${part({ alg: 'RS256', kid: 'key-1', crit: ['x'], x: 1 })}.${body}.${signature}`),
    }
    for (const [what, token] of Object.entries(hostile)) {
      now += HOUR_MS / 4
      const fresh = what.startsWith('a') || what.startsWith('of')
      const answer = await me(token)
      expect(answer.status, `${what}: ${JSON.stringify(answer)} ${fresh}`).toBe(401)
      expect(JSON.stringify(answer), what).not.toContain(token.slice(0, 20))
    }
    await other.close()
  })

  test('is refused for what is wrong with it, and not for its age', async () => {
    const iat = Math.floor(now / 1000)
    expect(await me(await issuer.sign(ANN))).toMatchObject({ status: 200 })
    expect((await me(await issuer.sign({ ...ANN, aud: 'wiki' }))).detail).toContain("'aud'")
    expect((await me(await issuer.sign({ ...ANN, nbf: iat + 600 }))).detail).toContain("'nbf'")
    expect((await me(await issuer.sign({ ...ANN, iat: iat + 600, exp: iat + 7200 }))).detail).toContain('future')
    expect((await me(await issuer.sign({ ...ANN, exp: iat - 60 }))).detail).toContain('expired')
    expect((await me(await issuer.sign({ ...ANN, sub: '' }))).detail).toContain('nobody')
    // Within what clocks may differ.
    expect(await me(await issuer.sign({ ...ANN, exp: iat - 10 }))).toMatchObject({ status: 200 })
  })

  test('guesses are slowed down', async () => {
    const statuses = []
    for (let n = 0; n < 12; n++) statuses.push((await me(`${part({ alg: 'none' })}.${part(ANN)}.AA`)).status)
    expect(statuses.slice(-1)).toEqual([429])
  })
})

describe('keys of the provider', () => {
  test('are asked for when a token names a new one, at most twice a minute', async () => {
    await me(await issuer.sign(ANN))
    expect(issuer.asked()).toBe(1)
    await issuer.rotate()
    now += 31_000
    expect((await me(await issuer.sign(ANN))).status).toBe(200)
    expect(issuer.asked()).toBe(2)
    for (let n = 0; n < 5; n++) await me(await issuer.sign(ANN, { kid: `no-${n}` }))
    expect(issuer.asked()).toBe(2)
  })

  test('stay known while it is down: who has a good token goes on, and local tokens never need it', async () => {
    const token = await issuer.sign({ ...ANN, exp: Math.floor(now / 1000) + 90_000 })
    expect((await me(token)).status).toBe(200)
    issuer.silence(true)
    now += HOUR_MS
    for (let n = 0; n < 3; n++) expect((await me(token)).status).toBe(200)
    expect((await me(secretFor('admin'))).status).toBe(200)
    const signIn = await get('/auth/login', {})
    // Its addresses are known; a browser that goes there finds out by itself.
    expect(signIn.status).toBe(303)
    // After a day nobody vouches for the keys any more.
    now += 24 * HOUR_MS - 1000
    const told = await me(token)
    expect(told).toMatchObject({ status: 503, detail: expect.stringContaining('who has a token of this Kintsugi') })
    expect((await me(secretFor('admin'))).status).toBe(200)
  })

  test('that were never had let nobody in', async () => {
    issuer.silence(true)
    expect((await me(await issuer.sign(ANN))).status).toBe(503)
    const signIn = await get('/auth/login', {})
    expect([signIn.status, await signIn.text()]).toEqual([
      503,
      expect.stringContaining('You are not signed in: cannot ask'),
    ])
  })
})

const cookiesOf = (answer: Response): Record<string, string> =>
  Object.fromEntries(
    answer.headers.getSetCookie().map((text) => (text.split(';')[0] ?? '').split('=') as [string, string]),
  )
const cookie = (of: Record<string, string>) => ({
  cookie: Object.entries(of)
    .map(([name, value]) => `${name}=${value}`)
    .join('; '),
})

/** As a browser does it, until it is back here. */
async function begin(to = '/incidents'): Promise<{ back: URL; kept: Record<string, string> }> {
  const begun = await get(`/auth/login?to=${encodeURIComponent(to)}`, {})
  const there = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' })
  return { back: new URL(there.headers.get('location') ?? ''), kept: cookiesOf(begun) }
}
async function signIn(to?: string): Promise<{ answer: Response; session: Record<string, string> }> {
  const { back, kept } = await begin(to)
  const answer = await get(back.pathname + back.search, cookie(kept))
  return { answer, session: { 'kintsugi-session': cookiesOf(answer)['kintsugi-session'] ?? '' } }
}
const order = (headers: Record<string, string>): Promise<Response> =>
  fetch(`${api.base}/api/v1/pause`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ reason: 'a test', freeze: false }),
  })

describe('signing in by a browser', () => {
  beforeEach(() => issuer.signInAs(ANN))

  test('leads back to the page, with a session that scripts and other sites cannot use', async () => {
    const { answer, session } = await signIn('/incidents?state=open')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/incidents?state=open'])
    const [set = ''] = answer.headers.getSetCookie()
    expect(set).toMatch(/^kintsugi-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    const who = await get('/api/v1/me', cookie(session))
    expect(await who.json()).toMatchObject({ name: 'ann (oidc)', role: 'approver' })
    expect(issuer.changed[0]?.get('redirect_uri')).toBe('http://kintsugi.test/auth/callback')
    expect((await order({ ...cookie(session), origin: 'http://kintsugi.test' })).status).toBe(200)
    expect(api.operator.heard).toEqual([{ pause: { by: 'ann (oidc)', reason: 'a test', freeze: false } }])
    expect(api.operator.known).toEqual([
      { person: 'oidc:u-1', role: 'approver', known: ['user:ann', 'group:sre', 'group:all'] },
    ])
  })

  test('counts for pages of the console only', async () => {
    const { session } = await signIn()
    for (const origin of [
      undefined,
      'null',
      'http://evil.test',
      'http://kintsugi.test.evil.test',
      'https://kintsugi.test',
    ]) {
      expect((await order({ ...cookie(session), ...(origin !== undefined && { origin }) })).status, origin).toBe(403)
    }
    expect(api.operator.heard).toEqual([])
  })

  test('never leads to somebody else', async () => {
    for (const to of ['//evil.test', 'https://evil.test', '/\\evil.test', '/a\nb', 'javascript:1', '/auth/login', '']) {
      expect((await signIn(to)).answer.headers.get('location'), to).toBe('/')
    }
  })

  test('is of the browser that began it, once, within ten minutes', async () => {
    const { back, kept } = await begin()
    const path = back.pathname + back.search
    expect((await get(path, {})).status).toBe(401)
    // Whoever lured somebody here has used it up.
    expect((await get(path, cookie(kept))).status).toBe(401)
    const again = await begin()
    expect((await get(again.back.pathname + again.back.search, cookie(kept))).status).toBe(401)
    const late = await begin()
    now += 11 * 60_000
    expect((await get(late.back.pathname + late.back.search, cookie(late.kept))).status).toBe(401)
    expect((await get('/auth/callback?state=x&code=y', {})).status).toBe(401)
    expect((await get('/auth/callback?code=y', {})).status).toBe(400)
  })

  test('with a token of another sign-in, or for another, or of nobody here, opens nothing', async () => {
    issuer.spoil.nonce = 'another'
    expect((await signIn()).answer.status).toBe(401)
    delete issuer.spoil.nonce
    issuer.spoil.audience = 'wiki'
    expect((await signIn()).answer.status).toBe(401)
    delete issuer.spoil.audience
    issuer.signInAs({ ...ANN, realm: { groups: [] } })
    const { answer } = await signIn()
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []])
  })

  test('ends when it is idle, when its day is over, when a person ends it, and when the roles say so', async () => {
    const status = async (session: Record<string, string>): Promise<number> =>
      (await get('/api/v1/status', cookie(session))).status
    const idle = (await signIn()).session
    now += HOUR_MS - 1
    expect(await status(idle)).toBe(200)
    now += HOUR_MS
    expect(await status(idle)).toBe(401)
    const long = (await signIn()).session
    for (let half = 0; half < 15; half++) {
      now += HOUR_MS / 2
      expect(await status(long)).toBe(200)
    }
    now += HOUR_MS / 2
    expect(await status(long)).toBe(401)
    const left = (await signIn()).session
    const leave = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${api.base}/auth/logout`, { method: 'POST', headers: { ...cookie(left), ...headers } })
    expect((await leave({ origin: 'http://evil.test' })).status).toBe(401)
    expect(await status(left)).toBe(200)
    expect((await leave({ origin: api.base })).status).toBe(200)
    expect(await status(left)).toBe(401)
    const moved = (await signIn()).session
    config = { ...config, roles: { watchers: 'viewer' } }
    expect(await status(moved)).toBe(403)
    config = { ...config, issuer: 'http://127.0.0.1:1' }
    expect(await status(moved)).toBe(401)
  })
})
