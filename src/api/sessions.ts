import { createHash, randomBytes } from 'node:crypto'
import type { Claims } from './claims.ts'

export type Session = { readonly issuer: string; readonly claims: Claims }

/** Who is signed in by a browser: in memory only, so that a restart signs everybody out. */
export type Sessions = {
  /** Answers the secret that the browser keeps. */
  open(session: Session): string
  /** Undefined where there is none, or its time is over. */
  find(secret: string): Session | undefined
  close(secret: string): void
}

const IDLE_MS = 3_600_000
const LONGEST_MS = 8 * 3_600_000
const MOST = 10_000

/** @param now epoch milliseconds */
export function sessionsOf(now: () => number): Sessions {
  const open = new Map<string, Session & { readonly since: number; seen: number }>()
  // What is kept would open nothing for who could read it.
  const keyOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
  const isOver = (since: number, seen: number): boolean => {
    const at = now()
    return at < since || at < seen || at - seen >= IDLE_MS || at - since >= LONGEST_MS
  }
  return {
    open: (session) => {
      const secret = randomBytes(32).toString('base64url')
      open.set(keyOf(secret), { ...session, since: now(), seen: now() })
      if (open.size > MOST) open.delete(open.keys().next().value ?? '')
      return secret
    },
    find: (secret) => {
      const key = keyOf(secret)
      const found = open.get(key)
      if (!found) return undefined
      if (isOver(found.since, found.seen)) {
        open.delete(key)
        return undefined
      }
      found.seen = now()
      return found
    },
    close: (secret) => void open.delete(keyOf(secret)),
  }
}

const NAME = 'kintsugi-session'

/** The name of a cookie of ours; with TLS, browsers take one of that name from nobody else. */
export function cookieName(isSafe: boolean, name: string = NAME): string {
  return isSafe ? `__Host-${name}` : name
}

/** A cookie that scripts cannot read and other sites cannot send. `value` empty takes it away. */
export function cookieText(name: string, value: string, isSafe: boolean): string {
  const end = value === '' ? '; Max-Age=0' : ''
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${isSafe ? '; Secure' : ''}${end}`
}

/** The value of a cookie; undefined where it is not there. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}
