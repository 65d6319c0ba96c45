import type { JWTPayload } from 'jose'
import type { OidcConfig } from '../config/config.ts'
import { ForbiddenError } from '../domain/errors.ts'
import { ROLES } from '../domain/role.ts'
import type { Caller } from './access.ts'

/** What is kept of a proven token: who it is, and what they belong to. Roles are looked up anew each time. */
export type Claims = { readonly subject: string; readonly name: string; readonly groups: readonly string[] }

const MOST_GROUPS = 1000
const LONGEST = 200

export function claimsIn(payload: JWTPayload, { claim, nameClaim }: OidcConfig): Claims {
  const subject = payload.sub ?? ''
  const name = at(payload, nameClaim)
  const isProven = nameClaim !== 'email' || payload['email_verified'] !== false
  const groups = at(payload, claim)
  const listed = Array.isArray(groups) ? groups : typeof groups === 'string' ? [groups] : []
  return {
    subject,
    name: isProven && typeof name === 'string' && name.trim() !== '' ? plain(name) : plain(subject),
    groups: listed.filter((one) => typeof one === 'string').slice(0, MOST_GROUPS),
  }
}

/** Who that is here. Throws ForbiddenError where none of their groups means a role. */
export function callerFrom({ subject, name, groups }: Claims, { roles, claim }: OidcConfig): Caller {
  const role = ROLES.findLast((one) => groups.some((group) => Object.hasOwn(roles, group) && roles[group] === one))
  const by = `${name} (oidc)`
  if (!role) {
    throw new ForbiddenError(
      `'${by}' is known, and may nothing here: no group in '${claim}' means a role in access.oidc.roles`,
    )
  }
  const known = [`user:${name}`, ...groups.map((group) => `group:${group}`)]
  return { name: by, role, speaksFor: false, person: `oidc:${subject}`, known }
}

/** A claim by its name, or by a path such as `realm_access.roles`. */
function at(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path]
  let found: unknown = payload
  for (const part of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined
    found = (found as Record<string, unknown>)[part]
  }
  return found
}

/** Names are shown: without what could pretend to be something else. */
function plain(name: string): string {
  return name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N} .,_@+'-]/gu, '?')
    .trim()
    .slice(0, LONGEST)
}
