import type { Incident } from './incident.ts'
import type { ResourceRef } from './resource.ts'
import type { Outcome } from './run.ts'

/** What a day came to, and what Kintsugi would have done in it: what trust is built on. Times are epoch milliseconds. */
export type Report = {
  readonly from: number
  readonly to: number
  readonly incidents: {
    readonly opened: number
    /** Of those opened in this time. */
    readonly open: number
    readonly endedBy: Readonly<Record<NonNullable<Incident['endedBy']>, number>>
  }
  /** What only shadow kept from running, or from being proposed; oldest first. */
  readonly wouldHave: readonly WouldHave[]
  /** The same by policy and remedy: the pairs that autonomy is given to. */
  readonly pairs: readonly PairReport[]
  /** What really ran, by outcome. */
  readonly runs: Readonly<Partial<Record<Outcome, number>>>
  /** Gates that held or denied, and in how many incidents. */
  readonly kept: readonly { readonly gate: string; readonly answer: 'hold' | 'deny'; readonly incidents: number }[]
  readonly wrong: readonly { readonly subject: string; readonly by: string; readonly reason: string }[]
  readonly alerts: {
    /** Different ones, by fingerprint. */
    readonly received: number
    readonly mapped: number
    /** Those that name no target, by alert and reason, the most frequent first. */
    readonly unmapped: readonly { readonly alertname: string; readonly reason: string; readonly count: number }[]
  }
}

/** One thing that would have been done, and what came of the incident without it. */
export type WouldHave = {
  readonly incident: string
  readonly policy: string
  readonly remedy: string
  readonly target: ResourceRef
  readonly at: number
  readonly how: 'run' | 'propose'
  /** Absent while it is open. */
  readonly ended?: { readonly by: NonNullable<Incident['endedBy']>; readonly afterMs: number }
  /** What somebody else did about it meanwhile, in words. */
  readonly others: readonly string[]
  /** A person said that it would have been wrong, or that the incident was none. */
  readonly wrong: boolean
}

export type PairReport = {
  readonly policy: string
  readonly remedy: string
  readonly times: number
  /** Nobody did anything, and it ended. */
  readonly endedAlone: number
  /** Somebody else was at it before it ended. */
  readonly othersActed: number
  readonly wrong: number
  readonly open: number
  /** How long it went on after Kintsugi would have begun, in milliseconds; absent while none has ended. */
  readonly medianLaterMs?: number
}
