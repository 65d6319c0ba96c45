import { createHash, timingSafeEqual } from 'node:crypto'
import type { AccessToken } from '../config/config.ts'
import { ForbiddenError } from '../domain/errors.ts'
import type { AccessConfig, Asking, Caller } from './access.ts'
import { callerFrom, claimsIn } from './claims.ts'
import type { LoginDeps } from './login.ts'
import type { Provider } from './oidc.ts'
import { UnauthorizedError } from './problem.ts'
import { cookieIn, cookieName, type Sessions } from './sessions.ts'

export type HolderDeps = {
  readonly config: () => AccessConfig
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly sessions: Sessions
  readonly provider: (issuer: string) => Provider
  /** Counts a wrong guess from an address; answers what to throw for it. */
  readonly guess: (address: string, refused: Error) => Error
  readonly isOurPage: LoginDeps['isOurs']
}

/**
 * Who holds what a request shows: a token of the file, a token of the provider, or the session of a browser, in this
 * order. Only what the provider has to say is waited for. Throws as `Access.admit` does.
 */
export function holders(x: HolderDeps): (asking: Asking) => Caller | Promise<Caller> {
  const known = keyringOf(x.config)
  return (asking) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(asking.authorization ?? '') ?? []
    if (given !== undefined) return byToken(x, known(given), given, asking.address)
    const caller = bySession(x, asking)
    if (caller) return caller
    throw new UnauthorizedError('a token is needed: send it as Authorization: Bearer TOKEN')
  }
}

function byToken(
  { config, now, guess, provider }: HolderDeps,
  token: AccessToken | undefined,
  given: string,
  address: string,
): Caller | Promise<Caller> {
  if (token && now() < (token.expiresAt ?? Infinity)) return callerOfToken(token)
  const { oidc } = config().access
  if (token || !oidc || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(given)) {
    throw guess(address, new UnauthorizedError(token ? expiredText(token) : UNKNOWN))
  }
  return provider(oidc.issuer)
    .verify(given, oidc)
    .then((payload) => callerFrom(claimsIn(payload, oidc), oidc))
    .catch((thrown: unknown) => {
      throw thrown instanceof UnauthorizedError ? guess(address, thrown) : thrown
    })
}

/** By the session of a browser; undefined where there is none. */
function bySession(
  { config, sessions, isOurPage }: HolderDeps,
  { cookie, method, origin, host }: Asking,
): Caller | undefined {
  const { access, publicUrl } = config()
  const secret = cookieIn(cookie, cookieName(publicUrl?.startsWith('https://') ?? false))
  const session = secret === undefined ? undefined : sessions.find(secret)
  if (!session || access.oidc?.issuer !== session.issuer) return undefined
  if (!['GET', 'HEAD'].includes(method) && !isOurPage(origin, host)) {
    throw new ForbiddenError('a page of another origin may not do this: a session counts for the console itself only')
  }
  return callerFrom(session.claims, access.oidc)
}

const UNKNOWN = 'the token is not known here: it may have been replaced'
const expiredText = ({ name }: AccessToken): string => `the token '${name}' has expired: ask for a new one`

function callerOfToken({ name, role }: AccessToken): Caller {
  return { name, role, speaksFor: false, person: name, known: [name] }
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Finds the token that a text is. All are compared, in constant time, so that the time tells nothing of any of them. */
function keyringOf(config: () => AccessConfig): (given: string) => AccessToken | undefined {
  let of: readonly AccessToken[] = []
  let digests: readonly Buffer[] = []
  return (given) => {
    const { tokens } = config().access
    if (of !== tokens) [of, digests] = [tokens, tokens.map(({ token }) => digestOf(token.reveal()))]
    const presented = digestOf(given)
    const equal = digests.map((digest) => timingSafeEqual(digest, presented))
    return of[equal.indexOf(true)]
  }
}
