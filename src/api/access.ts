import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { isLoopback } from '../config/access.ts'
import type { AccessToken, Config } from '../config/config.ts'
import { ForbiddenError } from '../domain/errors.ts'
import { includes, type Role } from '../domain/role.ts'
import { bucketsOf, type Rate } from './bucket.ts'
import type { Needs } from './contract/route.ts'
import { BusyError, UnauthorizedError } from './problem.ts'
import { suffices } from './roles.ts'

/** Who asks. `speaksFor`: no token says who it is, so that orders are in the name that the caller gives. */
export type Caller = { readonly name: string; readonly role: Role; readonly speaksFor: boolean }

/** What of the configuration says who may ask. */
export type AccessConfig = Pick<Config, 'access' | 'listen' | 'publicUrl'>

/** Whoever may open the unix socket is the operator of the machine. */
export const AT_SOCKET: Caller = { name: 'local', role: 'admin', speaksFor: true }

/** What of a request says who asks, and from where. */
export type Asking = {
  readonly method: string
  readonly address: string
  readonly authorization: string | undefined
  readonly host: string | undefined
  readonly origin: string | undefined
}

export type Access = {
  /** Whether any tokens are configured. */
  hasTokens(): boolean
  /**
   * Who asks, if they may. Throws UnauthorizedError where a token is needed and none, a wrong or an expired one came;
   * ForbiddenError where the role does not suffice, or a page of somebody else's asks; BusyError after too many guesses.
   */
  admit(asking: Asking, needs: Needs): Caller
  /** As `admit`, for what senders post: where no tokens are configured, anybody may, but no web page. */
  admitSender(asking: Asking): void
}

/** Guesses at tokens from one address: ten at once, then one in six seconds. */
const GUESSES: Rate = { perSecond: 1 / 6, burst: 10 }

/** @param now epoch milliseconds */
export function accessOf(config: () => AccessConfig, now: () => number): Access {
  const guesses = bucketsOf(GUESSES, now)
  const known = keyringOf(config)
  const callerOf = (asking: Asking): Caller => {
    const { access, listen } = config()
    if (access.tokens.length > 0) return { ...holderOf(asking), speaksFor: false }
    refuseForeign(asking, config())
    return isLoopback(listen.host) ? AT_SOCKET : { name: 'anybody', role: 'viewer', speaksFor: false }
  }
  const holderOf = ({ authorization, address }: Asking): Pick<Caller, 'name' | 'role'> => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
    if (given === undefined) throw new UnauthorizedError('a token is needed: send it as Authorization: Bearer TOKEN')
    const token = known(given)
    if (token && now() < (token.expiresAt ?? Infinity)) return token
    const retryAfterMs = guesses.take(address)
    if (retryAfterMs > 0) throw new BusyError('too many tokens that are none: wait', { retryAfterMs })
    throw new UnauthorizedError(
      token
        ? `the token '${token.name}' has expired: ask for a new one`
        : 'the token is not known here: it may have been replaced',
    )
  }
  return {
    hasTokens: () => config().access.tokens.length > 0,
    admit: (asking, needs) => {
      const caller = callerOf(asking)
      if (suffices(caller.role, needs)) return caller
      throw new ForbiddenError(needText(caller, needs))
    },
    admitSender: (asking) => {
      const { access, listen } = config()
      if (access.tokens.length === 0) return refuseForeign(asking, config(), !isLoopback(listen.host))
      const sender = holderOf(asking)
      if (!includes(sender.role, 'sender')) throw new ForbiddenError(needText(sender, 'sender'))
    },
  }
}

function needText({ name, role }: Pick<Caller, 'name' | 'role'>, needs: Needs): string {
  if (name === 'anybody') {
    return `this needs the role ${needs}, and no tokens are configured: without, this address is for looking only`
  }
  return `this needs the role ${needs}; '${name}' is ${role}`
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

/**
 * Without tokens the browser of somebody on this machine would do for any page it shows: neither a name that leads here
 * (DNS rebinding) nor another origin may ask. `anyName` where it is senders on a network who ask, by whatever name.
 */
function refuseForeign({ method, host, origin }: Asking, config: AccessConfig, anyName = false): void {
  if (!anyName && !isOurs(host ?? '', config)) {
    throw new ForbiddenError(
      `'${excerptOf(host)}' is not the name of this server: ask it by its address, or configure tokens or publicUrl`,
    )
  }
  if (method === 'GET' || method === 'HEAD' || origin === undefined) return
  if (URL.parse(origin)?.host === host) return
  throw new ForbiddenError('a page of another origin may not do this: send the request without an Origin header')
}

function isOurs(host: string, { listen, publicUrl }: AccessConfig): boolean {
  const name = URL.parse(`http://${host}`)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? ''
  if (isLoopback(name) || name === listen.host || name === URL.parse(publicUrl ?? '')?.hostname) return true
  // A page can only come from an address if this server gave it that page.
  return !isLoopback(listen.host) && isIP(name) !== 0
}

function excerptOf(host: string | undefined): string {
  return (host ?? '').replaceAll(/[^\w.:[\]-]/g, '?').slice(0, 100)
}
