import type { AttemptLimit } from '../domain/policy.ts'
import type { Profile } from './config.ts'

/** What a file that does not say otherwise means. Times are milliseconds. */
export type Defaults = {
  readonly intervalMs: number
  readonly timeoutMs: number
  /** A Prometheus' values are stale after this, or after three steps if that is longer; it has a pace of its own. */
  readonly staleAfterMs: number
  /** A condition without a `for` of its own must hold this long, and for two rounds of its slowest source; 0: at once. */
  readonly holdsForMs: number
  readonly cooldownMs: number
  readonly healthyForMs: number
  readonly withinMs: number
  readonly blindForMs: number
  /** Where risk times blast radius is more than this, a person is asked; 1 is never reached by more. */
  readonly approvalAbove: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const DEFAULTS: Readonly<Record<Profile, Defaults>> = {
  production: {
    intervalMs: 10 * SECOND,
    timeoutMs: 5 * SECOND,
    staleAfterMs: 2 * MINUTE,
    holdsForMs: 2 * MINUTE,
    cooldownMs: 5 * MINUTE,
    healthyForMs: 10 * MINUTE,
    withinMs: 30 * MINUTE,
    blindForMs: 30 * MINUTE,
    approvalAbove: 0.5,
  },
  lab: {
    intervalMs: SECOND,
    timeoutMs: SECOND,
    staleAfterMs: 3 * SECOND,
    holdsForMs: 0,
    cooldownMs: 0,
    healthyForMs: 3 * SECOND,
    withinMs: 20 * SECOND,
    blindForMs: 30 * SECOND,
    approvalAbove: 1,
  },
}

export const PER_TARGET: readonly Omit<AttemptLimit, 'latches'>[] = [
  { attempts: 3, withinMs: 5 * MINUTE },
  { attempts: 4, withinMs: 6 * HOUR },
  { attempts: 6, withinMs: DAY },
]

export const APPROVAL_WITHIN_MS: number = 30 * MINUTE
export const MIN_HEALTHY = 1
export const DATA_DIR = '.kintsugi/data'
export const LISTEN: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 8420 }
export const KEEP_PAYLOADS_MS: number = 90 * DAY
/** The same season of last year, and a month to look at it: a record that nobody tends must not grow for ever. */
export const KEEP_ENTRIES_MS: number = 400 * DAY
export const SEAL_AFTER_MS: number = DAY
export const SEAL_AFTER_ENTRIES = 10_000
