import { isIP } from 'node:net'
import { z } from 'zod'
import { UsageError } from '../domain/errors.ts'
import { includes, ROLES, type Role } from '../domain/role.ts'
import { byName, list, name, oneOf, section, text, whole } from './leaves.ts'
import type { AccessToken, Config, OidcConfig, WebhookConfig } from './config.ts'
import { unique, type Scope } from './scope.ts'
import { resolveSecret, type Secret, type SecretSources } from './secret.ts'

export type OidcSection = {
  issuer: string
  clientId: string
  clientSecret?: Secret
  audience?: string
  scopes?: string[]
  name?: string
  roles: { claim?: string; map: Record<string, Role> }
}
export type WebhookSection = {
  name: string
  hmac: { secret: Secret; header?: string; timestampHeader?: string; toleranceSeconds?: number }
}
export type AccessSection = {
  tokens?: { name: string; role: Role; token: Secret; expires?: number }[]
  oidc?: OidcSection
  webhooks?: WebhookSection[]
  separateDuties?: boolean
}

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
  const secret = tokenSchema(sources)
  const oidc = section({
    issuer: safeUrl,
    clientId: text('expected the id of this client'),
    clientSecret: secret.exactOptional(),
    audience: text('expected for whom tokens are made').exactOptional(),
    scopes: list(text('expected a scope')).exactOptional(),
    name: text('expected the name of a claim').exactOptional(),
    roles: section({
      claim: text('expected the name of a claim').exactOptional(),
      map: byName(oneOf(ROLES), 'expected roles by group', text('expected a group')),
    }),
  })
  const header = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, { error: 'expected the name of a header' })
  const webhook = section({
    name,
    hmac: section({
      secret,
      header: header.exactOptional(),
      timestampHeader: header.exactOptional(),
      toleranceSeconds: whole(1, 3600).exactOptional(),
    }),
  })
  return section({
    tokens: z.array(token, { error: 'expected a list' }).exactOptional(),
    oidc: oidc.exactOptional(),
    webhooks: list(webhook).exactOptional(),
    separateDuties: z.boolean({ error: 'expected true or false' }).exactOptional(),
  })
}

/** An address with TLS, or on this machine; a slash at its end is part of the name of an issuer. */
const safeUrl: z.ZodType<string> = z.string().refine(
  (value) => {
    const at = URL.parse(value)
    if (!at || at.username !== '' || at.search !== '' || at.hash !== '') return false
    return at.protocol === 'https:' || (at.protocol === 'http:' && isLoopback(at.hostname.replace(/^\[(.*)\]$/, '$1')))
  },
  { error: 'expected https://HOST (http only on the loopback)' },
)

const SIGNATURE = 'X-Hub-Signature-256'
const TOLERANCE_S = 300

/** Everybody who may ask, and how they prove who they are. */
export function accessOf(section: AccessSection, publicUrl: string | undefined, scope: Scope): Config['access'] {
  const { oidc, webhooks = [], separateDuties } = section
  if (oidc && publicUrl === undefined) {
    const message = 'needs publicUrl: where the provider sends people back to'
    scope.problems.push({ path: ['access', 'oidc'], message })
  }
  unique(['access', 'webhooks'], webhooks, scope)
  return {
    tokens: tokensOf(section, scope),
    ...(oidc && { oidc: oidcOf(oidc) }),
    ...(webhooks.length > 0 && { webhooks: webhooks.map(webhookOf) }),
    ...(separateDuties === true && { separateDuties }),
  }
}

function oidcOf({ issuer, clientId, clientSecret, audience, scopes, name: nameClaim, roles }: OidcSection): OidcConfig {
  return {
    issuer,
    clientId,
    ...(clientSecret && { clientSecret }),
    audience: audience ?? clientId,
    scopes: [...new Set(['openid', ...(scopes ?? ['profile', 'email'])])],
    claim: roles.claim ?? 'groups',
    roles: roles.map,
    nameClaim: nameClaim ?? 'preferred_username',
  }
}

function webhookOf({ name: sender, hmac }: WebhookSection): WebhookConfig {
  const { secret, header = SIGNATURE, timestampHeader, toleranceSeconds = TOLERANCE_S } = hmac
  const time = timestampHeader === undefined ? {} : { timestampHeader }
  return { name: sender, secret, header, ...time, toleranceMs: toleranceSeconds * 1000 }
}

/**
 * What the file says of people that nothing proves: names in lists of policies that no token has, groups without a
 * provider, two approvers where there is one person. Such a policy is shut rather than open, so these are warnings.
 */
export function accessWarnings({ access, policies }: Pick<Config, 'access' | 'policies'>): string[] {
  const names = new Set(['local', ...access.tokens.map(({ name: token }) => token)])
  const isKnown = (one: string): boolean => {
    if (/^(?:user|group):/.test(one)) return access.oidc !== undefined
    return one.startsWith('role:') || names.has(one)
  }
  return policies.flatMap((policy) => {
    const listed = policy.access?.approve ?? []
    const asks = policy.approval?.approvers === 2
    const proven =
      access.oidc !== undefined || access.tokens.filter(({ role }) => includes(role, 'approver')).length > 1
    return [
      ...listed.filter((one) => !isKnown(one)).map((one) => `policy '${policy.name}': nobody here is "${one}"`),
      ...(policy.access && listed.length === 0
        ? [`policy '${policy.name}': access.approve is empty, so nobody may`]
        : []),
      ...(asks && policy.access && isOneAtMost(listed)
        ? [`policy '${policy.name}' asks two people, and its access.approve lets one at most: it is never approved`]
        : []),
      ...(asks && !proven
        ? [`policy '${policy.name}' asks two people, and fewer than two can prove who they are`]
        : []),
    ]
  })
}

/** Groups and roles may be many. */
const isOneAtMost = (listed: readonly string[]): boolean =>
  listed.length <= 1 && !listed.some((one) => /^(?:group|role):/.test(one))

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
