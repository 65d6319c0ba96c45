import type { Json } from '../lib/json.ts'
import type { Severity } from './finding.ts'
import type { HandsOff } from './hand.ts'
import type { MaintenanceWindow } from './maintenance-window.ts'
import type { ResourceRef } from './resource.ts'
import type { Schedule } from './schedule.ts'

/** How much a policy may do by itself. `observe` is the default: it may write nothing. */
export type Autonomy = 'observe' | 'suggest' | 'approve' | 'auto'

/** N attempts allowed in the time; the next is held. A latching limit stays shut until a person releases it. */
export type AttemptLimit = { readonly attempts: number; readonly withinMs: number; readonly latches: boolean }

export type Limits = {
  readonly perTarget: readonly AttemptLimit[]
  /** Ready instances of a service that must remain while one of them is worked on. */
  readonly minHealthy: number
  /** What may be disturbed at once, whoever does it; each is absent where nothing is limited. */
  readonly perService?: ServiceLimit
  readonly global?: GlobalLimit
  readonly storm?: StormLimit
  /** Absent: as `HANDS_OFF` says. */
  readonly handsOff?: HandsOff
}

/** Instances of one service at once: at most so many, and at most this share of them, rounded down, but always one. */
export type ServiceLimit = { readonly atOnce: number; readonly share: number }

/** Targets at once over all services, and effects that begin within an hour. */
export type GlobalLimit = { readonly atOnce: number; readonly effectsPerHour: number }

/** So many causes within the time are more than single repairs are an answer to. */
export type StormLimit = { readonly causes: number; readonly withinMs: number }

/** How much may go wrong: with 0.999 over 30 days, 43 minutes. */
export type ErrorBudget = {
  /** From 0 to 1. */
  readonly objective: number
  readonly windowMs: number
  /** The share of it that is spent, in the language of `condition.ts`; absent: only what Kintsugi itself sees counts. */
  readonly spent?: string
  /** With less than this share left, what is not urgent waits. */
  readonly keep: number
}

/** How the rest after an attempt grows with every further one that did not heal: times `factor`, up to `maxMs`. */
export type Backoff = { readonly factor: number; readonly maxMs: number }

/** A signal of the users or of a neighbour that must not get worse: healthy while the expression is at most `max`. */
export type Guard = {
  readonly name: string
  readonly target: ResourceRef
  /** A number in the language of `condition.ts`. */
  readonly expr: string
  readonly max: number
  readonly budget?: ErrorBudget
}

/** When a policy that acts by itself asks a person first, and how long a proposal waits. */
export type ApprovalRule = {
  /** Asked where risk times blast radius is more than this, from 0 to 1. */
  readonly above: number
  /** Asked for incidents of these severities, whatever the risk. */
  readonly severities: readonly Severity[]
  /** How long a proposal can be approved, in milliseconds. */
  readonly withinMs: number
  /** How many people must say yes; absent: one. */
  readonly approvers?: 2
}

/** One expectation and what may be done about it, with every name resolved and every duration in milliseconds. */
export type Policy = {
  readonly name: string
  /** In the language of `condition.ts`; true means violated. */
  readonly condition: string
  /** A target, or a pattern such as `lab:shop/instance/*`; the condition is judged on each target it covers. */
  readonly target: string
  readonly severity: Severity
  /** Remedies, light to heavy; `page` is a person. */
  readonly ladder: readonly string[]
  /** What the policy sets for a remedy of its ladder, by the remedy's name, such as `{ 'scale-up': { by: 2, max: 10 } }`. */
  readonly settings?: Readonly<Record<string, Json>>
  readonly autonomy: Autonomy
  /** Absent: only where `autonomy` says so. */
  readonly approval?: ApprovalRule
  /** Who alone may answer its proposals and take its incidents over; absent: whoever has the role. */
  readonly access?: { readonly approve: readonly string[] }
  /** Actions that cannot be undone and may be used all the same. */
  readonly allowIrreversible: readonly string[]
  /** Least time between the end of one run on the owner and the start of the next. */
  readonly cooldownMs: number
  /** Absent: the rest is always the same. */
  readonly backoff?: Backoff
  /** One more limit of attempts on the owner, beside those of all: it widens none of them. */
  readonly limit?: AttemptLimit
  /** Maintenance: due by the calendar, where a policy without is violated by its condition. */
  readonly schedule?: Schedule
  /** The times in which it may act at all; absent: any. */
  readonly windows?: readonly MaintenanceWindow[]
  readonly verify: VerifyRule
}

export type VerifyRule = {
  /** The incident's own signals must be healthy this long without a break. */
  readonly healthyForMs: number
  /** When not healthy by then, the run is judged by what it changed. */
  readonly withinMs: number
  /** How long a run waits for sight before it is parked. */
  readonly blindForMs: number
  readonly guards: readonly Guard[]
}
