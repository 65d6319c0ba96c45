import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { OidcConfig } from '../config/config.ts'
import { messageOf, RetryableError } from '../domain/errors.ts'
import type { AccessConfig } from './access.ts'
import { bucketsOf, type Rate } from './bucket.ts'
import { callerFrom, claimsIn } from './claims.ts'
import { fetchJson, type Provider } from './oidc.ts'
import { BusyError, NotFoundError, problemOf, UnauthorizedError } from './problem.ts'
import { cookieIn, cookieName, cookieText, type Sessions } from './sessions.ts'

/** What a sign-in by the browser is made of. */
export type LoginDeps = {
  readonly config: () => AccessConfig
  readonly provider: (issuer: string) => Provider
  readonly sessions: Sessions
  /** Whether a page of ours sent a POST. */
  readonly isOurs: (origin: string | undefined, host: string | undefined) => boolean
  readonly now: () => number
}

/** A sign-in that was begun: what has to come back with its answer. */
type Pending = {
  readonly verifier: string
  readonly nonce: string
  readonly browser: string
  readonly to: string
  readonly at: number
}

const LOGINS: Rate = { perSecond: 1, burst: 20 }
const WAITS_MS = 10 * 60_000
const MOST_PENDING = 1000
const TEXT = 'text/plain; charset=utf-8'
const Tokens = z.looseObject({ id_token: z.string() })
const Answered = z.object({
  state: z.string().max(200),
  code: z.string().min(1).max(4000).optional(),
  error: z.string().max(200).optional(),
})

/**
 * Signing in by the browser, as OpenID Connect has it: authorization code with PKCE, bound to the browser that began it.
 * A session gives the rights that the person's groups mean, and nothing else.
 */
export function loginRoutes(app: FastifyInstance, deps: LoginDeps): void {
  const { config, provider, sessions, isOurs, now } = deps
  const begun = new Map<string, Pending>()
  const logins = bucketsOf(LOGINS, now)
  const offered = (): { readonly oidc: OidcConfig; readonly base: string; readonly isSafe: boolean } => {
    const { access, publicUrl } = config()
    if (!access.oidc || publicUrl === undefined) throw new NotFoundError('nobody signs in by a provider here')
    return { oidc: access.oidc, base: publicUrl, isSafe: publicUrl.startsWith('https://') }
  }
  app.get('/auth/ways', async () => {
    const { access, publicUrl } = config()
    return access.oidc && publicUrl !== undefined ? { provider: URL.parse(access.oidc.issuer)?.host ?? '' } : {}
  })
  app.get('/auth/login', async (request, reply) => {
    const { oidc, base, isSafe } = offered()
    const retryAfterMs = logins.take(request.ip)
    if (retryAfterMs > 0) throw new BusyError('too many sign-ins at once: wait', { retryAfterMs })
    return inWords(reply, async () => {
      const { authorize } = await provider(oidc.issuer).endpoints()
      const [state, verifier, nonce, browser] = [secret(), secret(), secret(), secret()]
      begun.set(state, { verifier, nonce, browser, to: safePath((request.query as { to?: unknown }).to), at: now() })
      if (begun.size > MOST_PENDING) begun.delete(begun.keys().next().value ?? '')
      reply.header('set-cookie', cookieText(cookieName(isSafe, 'kintsugi-login'), browser, isSafe))
      return reply.redirect(authorizeUrl(authorize, { oidc, base, state, verifier, nonce }), 303)
    })
  })
  app.get('/auth/callback', async (request, reply) => {
    const { oidc, base, isSafe } = offered()
    return inWords(reply, async () => {
      const { state, code, error } = Answered.parse(request.query)
      const pending = begun.get(state)
      begun.delete(state)
      const browser = cookieIn(request.headers.cookie, cookieName(isSafe, 'kintsugi-login'))
      if (!pending || now() - pending.at > WAITS_MS || !isSame(browser, pending.browser)) {
        throw new UnauthorizedError('this sign-in was not begun here, or took too long: begin again')
      }
      if (code === undefined)
        throw new UnauthorizedError(`the provider refused: ${(error ?? 'no reason').replaceAll(/[^\w]/g, '?')}`)
      const from = provider(oidc.issuer)
      const { token } = await from.endpoints()
      const idToken = await changed(token, { oidc, base, code, verifier: pending.verifier })
      const claims = claimsIn(await from.verify(idToken, { ...oidc, audience: oidc.clientId }, pending.nonce), oidc)
      callerFrom(claims, oidc)
      const opened = sessions.open({ issuer: oidc.issuer, claims })
      reply.header('set-cookie', [
        cookieText(cookieName(isSafe), opened, isSafe),
        cookieText(cookieName(isSafe, 'kintsugi-login'), '', isSafe),
      ])
      return reply.redirect(pending.to, 303)
    })
  })
  app.post('/auth/logout', async (request, reply) => {
    const isSafe = config().publicUrl?.startsWith('https://') ?? false
    const { cookie, origin, host } = request.headers
    if (!isOurs(origin, host)) throw new UnauthorizedError('only a page of this console signs somebody out')
    const open = cookieIn(cookie, cookieName(isSafe))
    if (open !== undefined) sessions.close(open)
    return reply.header('set-cookie', cookieText(cookieName(isSafe), '', isSafe)).send({})
  })
}

const secret = (): string => randomBytes(32).toString('base64url')

function isSame(given: string | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Only a page of our own: an address would lead whoever signs in to somebody else. */
function safePath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[\w\-./?=&%:~]*$/.test(to) && !to.startsWith('/auth/') ? to : '/'
}

function authorizeUrl(
  authorize: string,
  x: {
    readonly oidc: OidcConfig
    readonly base: string
    readonly state: string
    readonly verifier: string
    readonly nonce: string
  },
): string {
  const url = new URL(authorize)
  const challenge = createHash('sha256').update(x.verifier).digest('base64url')
  const asked = { response_type: 'code', client_id: x.oidc.clientId, redirect_uri: `${x.base}/auth/callback` }
  const proof = { state: x.state, nonce: x.nonce, code_challenge: challenge, code_challenge_method: 'S256' }
  const all = { ...asked, scope: x.oidc.scopes.join(' '), ...proof }
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value)
  return url.href
}

/** Changes a code for the token that says who it is. */
async function changed(
  url: string,
  x: { readonly oidc: OidcConfig; readonly base: string; readonly code: string; readonly verifier: string },
): Promise<string> {
  const { clientId, clientSecret } = x.oidc
  const proof = { code: x.code, code_verifier: x.verifier, redirect_uri: `${x.base}/auth/callback` }
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    ...proof,
    ...(!clientSecret && { client_id: clientId }),
  })
  const basic = [clientId, clientSecret?.reveal() ?? ''].map(encodeURIComponent).join(':')
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    ...(clientSecret && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
  }
  try {
    return Tokens.parse(await fetchJson(url, { method: 'POST', headers, body: body.toString() })).id_token
  } catch (thrown) {
    throw new RetryableError(`the provider did not say who signed in: ${messageOf(thrown).slice(0, 200)}; begin again`)
  }
}

/** A browser stands here and no program: what went wrong is told in a sentence. */
async function inWords(reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work()
  } catch (thrown) {
    const { status, detail } = problemOf(thrown)
    return reply.code(status).type(TEXT).send(`You are not signed in: ${detail}\n\nBack to the console: /\n`)
  }
}
