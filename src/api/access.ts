import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { isLoopback } from '../config/access.ts'
import type { Config } from '../config/config.ts'
import { ForbiddenError } from '../domain/errors.ts'
import { LOCAL } from '../domain/person.ts'
import { includes, type Role } from '../domain/role.ts'
import { bucketsOf, type Rate } from './bucket.ts'
import type { Needs } from './contract/route.ts'
import { holders } from './holders.ts'
import type { LoginDeps } from './login.ts'
import { providersOf } from './oidc.ts'
import { BusyError, UnauthorizedError } from './problem.ts'
import { suffices } from './roles.ts'
import { sessionsOf } from './sessions.ts'
import { mustBeSigned, signedBy } from './signatures.ts'

/**
 * Who asks. `speaksFor`: nothing says who it is, so that orders are in the name that the caller gives. `person` and
 * `known` are as in `domain/person.ts`.
 */
export type Caller = {
  readonly name: string
  readonly role: Role
  readonly speaksFor: boolean
  readonly person: string
  readonly known: readonly string[]
}

/** What of the configuration says who may ask. */
export type AccessConfig = Pick<Config, 'access' | 'listen' | 'publicUrl'>

/** Whoever may open the unix socket is the operator of the machine. */
export const AT_SOCKET: Caller = { name: LOCAL, role: 'admin', speaksFor: true, person: LOCAL, known: [LOCAL] }
const ANYBODY: Caller = { name: 'anybody', role: 'viewer', speaksFor: false, person: 'anybody', known: [] }

/** What of a request says who asks, and from where. */
export type Asking = {
  readonly method: string
  /** Of the route, as it is declared: no more than there are routes. */
  readonly path: string
  readonly address: string
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  readonly host: string | undefined
  readonly origin: string | undefined
}

export type Access = {
  /** Whether people have to say who they are. */
  hasTokens(): boolean
  /**
   * Who asks, if they may. Throws UnauthorizedError where a token is needed and none, a wrong or an expired one came;
   * ForbiddenError where the role does not suffice, or a page of somebody else's asks; BusyError after too many guesses;
   * RetryableError where a provider has to say, and does not answer.
   */
  admit(asking: Asking, needs: Needs): Promise<Caller>
  /**
   * As `admit`, for what senders post: where nobody has to say who they are, anybody may, but no web page. Answers their
   * name where they had to.
   */
  admitSender(asking: Asking): string | undefined | Promise<string>
  /** Whether a sender has signed what it posts; then it is admitted once the body is there. */
  isSigned(headers: IncomingHttpHeaders, address: string): boolean
  /** Throws UnauthorizedError where the signature is not that of a known sender over this body. */
  admitSigned(headers: IncomingHttpHeaders, address: string, body: Buffer): void
  /** What a sign-in by the browser needs. */
  readonly login: LoginDeps
}

/** Guesses at tokens from one address: ten at once, then one in six seconds. */
const GUESSES: Rate = { perSecond: 1 / 6, burst: 10 }

/**
 * @param now epoch milliseconds
 * @param onRefused told of everybody known who asked what they may not
 */
export function accessOf(
  config: () => AccessConfig,
  now: () => number,
  onRefused: (caller: Caller, what: string, reason: string) => void = () => {},
): Access {
  const guesses = bucketsOf(GUESSES, now)
  const sessions = sessionsOf(now)
  const provider = providersOf(now)
  const isGuarded = ({ tokens, oidc }: Config['access']): boolean => tokens.length > 0 || oidc !== undefined
  const guess = (address: string, refused: Error): Error => {
    const retryAfterMs = guesses.take(address)
    return retryAfterMs > 0 ? new BusyError('too many tokens that are none: wait', { retryAfterMs }) : refused
  }
  const isOurPage: LoginDeps['isOurs'] = (origin, host) => {
    const from = URL.parse(origin ?? '')
    return from !== null && (from.host === host || from.origin === URL.parse(config().publicUrl ?? '')?.origin)
  }
  const holderOf = holders({ config, now, sessions, provider, guess, isOurPage })
  const callerOf = (asking: Asking): Caller | Promise<Caller> => {
    const { access, listen } = config()
    if (isGuarded(access)) return holderOf(asking)
    refuseForeign(asking, config())
    return isLoopback(listen.host) ? AT_SOCKET : ANYBODY
  }
  const mustSuffice = (caller: Caller, isEnough: boolean, { method, path }: Asking, needs: Needs): void => {
    if (isEnough) return
    const reason = needText(caller, needs)
    if (caller !== ANYBODY) onRefused(caller, `${method} ${path}`, reason)
    throw new ForbiddenError(reason)
  }
  return {
    login: { config, provider, sessions, isOurs: isOurPage, now },
    hasTokens: () => isGuarded(config().access),
    admit: async (asking, needs) => {
      const caller = await callerOf(asking)
      mustSuffice(caller, suffices(caller.role, needs), asking, needs)
      return caller
    },
    admitSender: (asking) => {
      const { access, listen } = config()
      if (!isGuarded(access)) {
        if ((access.webhooks ?? []).length > 0)
          throw new UnauthorizedError('sign what is sent: senders are known here by their signature')
        refuseForeign(asking, config(), !isLoopback(listen.host))
        return undefined
      }
      const check = (sender: Caller): string => {
        mustSuffice(sender, includes(sender.role, 'sender'), asking, 'sender')
        return sender.name
      }
      const sender = holderOf(asking)
      return sender instanceof Promise ? sender.then(check) : check(sender)
    },
    isSigned: (headers, address) => {
      if (headers.authorization !== undefined || signedBy(headers, config().access.webhooks ?? []).length === 0)
        return false
      // Before a body is read from whoever has guessed too often.
      const retryAfterMs = guesses.wait(address)
      if (retryAfterMs > 0) throw new BusyError('too many signatures that are none: wait', { retryAfterMs })
      return true
    },
    admitSigned: (headers, address, body) => {
      try {
        mustBeSigned(headers, body, signedBy(headers, config().access.webhooks ?? []), now())
      } catch (thrown) {
        throw guess(address, thrown as Error)
      }
    },
  }
}

function needText({ name, role }: Pick<Caller, 'name' | 'role'>, needs: Needs): string {
  if (name === 'anybody') {
    return `this needs the role ${needs}, and no tokens are configured: without, this address is for looking only`
  }
  return `this needs the role ${needs}; '${name}' is ${role}`
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
