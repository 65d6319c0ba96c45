import { isIP } from 'node:net'
import { z } from 'zod'
import { UsageError } from '../domain/errors.ts'
import { ROLES, type Role } from '../domain/role.ts'
import { name, oneOf, section } from './leaves.ts'
import type { AccessToken } from './config.ts'
import { unique, type Scope } from './scope.ts'
import { resolveSecret, type Secret, type SecretSources } from './secret.ts'

export type AccessSection = { tokens?: { name: string; role: Role; token: Secret; expires?: number }[] }

const LEAST_LENGTH = 16

/** Nothing that was read may be told: every message is about the reference. */
function tokenSchema(sources: SecretSources): z.ZodType<Secret> {
  return z.unknown().transform((value, context) => {
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    if (typeof value !== 'string' || !/^\$\{(?:file|env):[^}]+\}$/.test(value)) {
      return refuse('a token never stands in this file: write ${file:PATH} or ${env:NAME}')
    }
    try {
      const secret = resolveSecret(value, sources)
      const usable = /^[\x21-\x7e]+$/.test(secret.reveal()) && secret.reveal().length >= LEAST_LENGTH
      return usable ? secret : refuse(`what it stands for is no token: at least ${LEAST_LENGTH} characters, no spaces`)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      return refuse(error.message)
    }
  })
}

const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/

/** A day (its beginning, in UTC) or a time with its zone, as epoch milliseconds. */
const expiry: z.ZodType<number> = z.unknown().transform((value, context) => {
  const at = typeof value === 'string' && DATE.test(value) ? Date.parse(value) : NaN
  if (!Number.isNaN(at)) return at
  context.addIssue({ code: 'custom', message: 'expected a day such as "2027-01-31", or a time with its zone' })
  return z.NEVER
})

export function accessSchema(sources: SecretSources): z.ZodType<AccessSection> {
  const token = section({
    name,
    role: oneOf(ROLES),
    token: tokenSchema(sources),
    expires: expiry.exactOptional(),
  })
  return section({ tokens: z.array(token, { error: 'expected a list' }).exactOptional() })
}

/** The tokens, each with a name and a secret of its own. */
export function tokensOf({ tokens = [] }: AccessSection, scope: Scope): AccessToken[] {
  unique(['access', 'tokens'], tokens, scope)
  return tokens.map(({ expires, ...token }, i) => {
    const same = tokens.findIndex((other) => other.token.reveal() === token.token.reveal())
    if (same < i) {
      const message = `is the token of "${tokens[same]?.name}": nobody could tell which of the two asks`
      scope.problems.push({ path: ['access', 'tokens', i, 'token'], message })
    }
    return { ...token, ...(expires !== undefined && { expiresAt: expires }) }
  })
}

/** Whether a host is this machine, and nothing else. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
