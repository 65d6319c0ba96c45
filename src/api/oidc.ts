import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import type { OidcConfig } from '../config/config.ts'
import { messageOf, RetryableError } from '../domain/errors.ts'
import { UnauthorizedError } from './problem.ts'

/** Where people are sent to say who they are, and where a code is changed for what they are. */
export type Endpoints = { readonly authorize: string; readonly token: string }

/** One provider of identities: its keys and addresses, kept, and fetched again when they may have changed. */
export type Provider = {
  /**
   * What a token says, once it is proven: signed by a key of the provider, meant for us, and in its time. Throws
   * UnauthorizedError where it is not; RetryableError where nobody can say, since the provider does not answer.
   */
  verify(token: string, oidc: OidcConfig, nonce?: string): Promise<JWTPayload>
  /** Throws RetryableError where the provider does not answer. */
  endpoints(): Promise<Endpoints>
}

/** Never what a shared secret could make: whoever knows a public key could sign with it. */
const ALGORITHMS = ['RS256', 'ES256']
const SKEW_S = 30
const PATIENCE_MS = 5000
const MOST_BYTES = 1024 * 1024
/** Keys are fetched again after this; while the provider is down those that are known stay, for a day. */
const FRESH_MS = 10 * 60_000
const STALE_MS = 24 * 3_600_000
/** A key that is not known is asked for at most this often, however many tokens name one. */
const AGAIN_MS = 30_000

const Discovery = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
})
const Keys = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) })

type Known = { readonly endpoints: Endpoints; readonly key: JWTVerifyGetKey; readonly at: number }

/** @param now epoch milliseconds */
export function providerOf(issuer: string, now: () => number): Provider {
  let known: Known | undefined
  let triedAt = -Infinity
  let underWay: Promise<Known> | undefined
  const refresh = (): Promise<Known> => {
    triedAt = now()
    underWay ??= fetchKnown(issuer, now)
      .then((found) => (known = found))
      .finally(() => (underWay = undefined))
    return underWay
  }
  const mayAsk = (): boolean => now() - triedAt >= AGAIN_MS || now() < triedAt
  const current = async (): Promise<Known> => {
    if (!known || now() - known.at > STALE_MS) {
      if (underWay) return underWay
      if (!mayAsk()) throw silentProvider(issuer, 'it was asked just now')
      return refresh()
    }
    if (now() - known.at > FRESH_MS && mayAsk()) void refresh().catch(() => {})
    return known
  }
  /** The key of a token; one that is not known may be new. */
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    const { key } = await current()
    try {
      return await key(header, token)
    } catch (thrown) {
      if (!(thrown instanceof errors.JWKSNoMatchingKey) || !mayAsk()) throw thrown
      return (await refresh()).key(header, token)
    }
  }
  return {
    endpoints: async () => (await current()).endpoints,
    verify: async (token, { audience }, nonce) => {
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          algorithms: ALGORITHMS,
          issuer,
          audience,
          clockTolerance: SKEW_S,
          requiredClaims: ['sub', 'exp', 'iat'],
          currentDate: new Date(now()),
        })
        const fault = faultIn(payload, audience, nonce, now())
        if (fault !== undefined) throw new UnauthorizedError(`the token is not good here: ${fault}`)
        return payload
      } catch (thrown) {
        if (thrown instanceof errors.JOSEError) throw new UnauthorizedError(refusalOf(thrown))
        throw thrown
      }
    },
  }
}

/** One provider for each issuer, kept over a reload: its keys stay known while it is down. */
export function providersOf(now: () => number): (issuer: string) => Provider {
  let last: { readonly issuer: string; readonly provider: Provider } | undefined
  return (issuer) => {
    if (last?.issuer !== issuer) last = { issuer, provider: providerOf(issuer, now) }
    return last.provider
  }
}

function faultIn(
  { iat = 0, azp, aud, nonce: said, sub }: JWTPayload,
  audience: string,
  nonce: string | undefined,
  nowMs: number,
): string | undefined {
  if (iat > nowMs / 1000 + SKEW_S) return 'it is from the future'
  if (typeof sub !== 'string' || sub === '') return 'it names nobody'
  if (nonce !== undefined && said !== nonce) return 'it answers another sign-in'
  if (nonce !== undefined && Array.isArray(aud) && aud.length > 1 && azp !== audience) return 'it was issued to another'
  return undefined
}

/** In our words: nothing of a token is told again. */
function refusalOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired: sign in again'
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `the token is not good here: its '${error.claim.replaceAll(/[^\w]/g, '?').slice(0, 40)}' is missing or another's`
  }
  if (error instanceof errors.JWKSNoMatchingKey) return 'the token is signed by a key that its provider does not know'
  return 'the token is not known here, and is none that the provider signed'
}

async function fetchKnown(issuer: string, now: () => number): Promise<Known> {
  try {
    const at = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`
    const found = Discovery.parse(await fetchJson(at))
    if (found.issuer !== issuer) throw new Error('it says that it is another issuer')
    const { authorization_endpoint: authorize, token_endpoint: token, jwks_uri: keys } = found
    for (const url of [authorize, token, keys]) mustBeAsSafe(issuer, url)
    const set = Keys.parse(await fetchJson(keys)) as unknown as JSONWebKeySet
    return { endpoints: { authorize, token }, key: createLocalJWKSet(set), at: now() }
  } catch (thrown) {
    throw silentProvider(issuer, messageOf(thrown))
  }
}

function silentProvider(issuer: string, why: string): RetryableError {
  return new RetryableError(
    `cannot ask ${issuer} who this is: ${why.slice(0, 200)}; who has a token of this Kintsugi can use it meanwhile`,
    { retryAfterMs: AGAIN_MS },
  )
}

/** What a provider with TLS names must have it too. */
function mustBeAsSafe(issuer: string, url: string): void {
  if (issuer.startsWith('https://') && !url.startsWith('https://')) throw new Error('it names an address without TLS')
}

/** Reads a JSON document: quickly, not too long, and from nowhere else. */
export async function fetchJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const answer = await fetch(url, { ...init, redirect: 'error', signal })
  if (!answer.ok) {
    await answer.body?.cancel()
    throw new Error(`it answers ${answer.status}`)
  }
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true })
    if (text.length > MOST_BYTES) throw new Error('its answer is too long')
  }
  return JSON.parse(text) as unknown
}
