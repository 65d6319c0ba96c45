import type { Moment } from '../lib/clock.ts'
import type { ProposalEnd, Yes } from './proposal.ts'
import type { ResourceRef } from './resource.ts'
import type { Outcome } from './run.ts'

/** A lock of a run. `own` is the target itself; `within` marks its owners, so that a lock on one of them conflicts. */
export type Lock = { readonly resource: string; readonly run: string; readonly mode: 'own' | 'within' }

/** One spent attempt on a durable owner. Released attempts no longer count. */
export type SpentAttempt = {
  readonly id: number
  readonly owner: ResourceRef
  readonly run: string
  readonly at: Moment
  readonly endedAt?: Moment
  /** Of its run, once that has ended; absent in shadow, which has none. */
  readonly outcome?: Outcome
  readonly shadow: boolean
}

/** A declared maintenance of one target: nothing is done to it, its owners or its parts. */
export type Hold = {
  readonly target: ResourceRef
  readonly since: Moment
  readonly forMs: number
  readonly reason: string
  readonly by: string
}

/** A limit that has latched: propose only, until a person releases the owner. */
export type Latch = { readonly owner: ResourceRef; readonly since: Moment; readonly reason: string }

/** The kill switch. Without `freeze`, runs under way are brought to a safe point; with it they stop dead. */
export type Pause = { readonly freeze: boolean; readonly since: Moment; readonly reason: string; readonly by: string }

/** Who disturbs a target: a run that repairs, a run of maintenance, a person, or a deployment. */
export type Actor = 'repair' | 'maintenance' | 'person' | 'deployment'

/**
 * One disturbance of a service, whoever makes it: an effect of a run, a change by hand that was seen, a deployment or a
 * maintenance that was announced. What is allowed at once is counted over all of them.
 */
export type Disturbance = {
  /** Unique: the idempotency key of a run's step, or the id of an announcement. */
  readonly id: string
  readonly actor: Actor
  /** The run, the person, or the pipeline. */
  readonly by: string
  readonly reason: string
  readonly target: ResourceRef
  /** The service that is charged. */
  readonly owner: ResourceRef
  /** The part of the service that cannot serve meanwhile, from 0 (it only takes effect) to 1 (a rollout restart). */
  readonly share: number
  /** The instances that make up the share, where they have names; empty: any of the owner's. */
  readonly instances: readonly ResourceRef[]
  /** What it takes away stays away until it is undone, as a drained backend does: its run keeps the charge to its end. */
  readonly lasting: boolean
  readonly since: Moment
  /** Over by then at the latest, in milliseconds after `since`; absent: until it is said to be over. */
  readonly forMs?: number
  readonly endedAt?: Moment
  readonly shadow: boolean
}

/** What the record says that gates need: read in one transaction, so that it is of one moment. */
export type Ledger = {
  readonly locks: readonly Lock[]
  /** Attempts on the owner that was asked about, oldest first, live and shadow. */
  readonly attempts: readonly SpentAttempt[]
  /** The newest attempt on the owner, released or not; 0 for none. Spending names it, so that a race is refused. */
  readonly lastAttempt: number
  readonly holds: readonly Hold[]
  readonly latches: readonly Latch[]
  /** What is going on, or was within the last hour, on any service; oldest first. */
  readonly disturbances: readonly Disturbance[]
  /** The newest disturbance; 0 for none. A charge names it, so that of two who saw the same room one takes it. */
  readonly lastDisturbance: number
  readonly pause?: Pause
}

/** One run as the record lists it. */
export type RunRow = {
  readonly run: string
  readonly incident: string
  readonly plan: string
  readonly owner: ResourceRef
  readonly target: ResourceRef
  readonly startedAt: Moment
  readonly endedAt?: Moment
  readonly outcome?: Outcome
}

/**
 * A change of the tables beside the chain, made in the same transaction as the entries that explain it. Each is
 * refused with a ConflictError, and with it the whole commit, when what it expects is not so.
 */
export type Write =
  | { readonly do: 'open-run'; readonly row: Omit<RunRow, 'startedAt'> }
  | { readonly do: 'close-run'; readonly run: string; readonly outcome: Outcome }
  /** Takes all or nothing. `own` conflicts with any other run's lock on it, `within` only with another's `own`. */
  | { readonly do: 'lock'; readonly run: string; readonly own: readonly string[]; readonly within: readonly string[] }
  | { readonly do: 'unlock'; readonly run: string }
  | {
      readonly do: 'spend'
      readonly owner: ResourceRef
      readonly run: string
      readonly shadow: boolean
      /** `lastAttempt` of the ledger that the gates saw. */
      readonly seen: number
    }
  /** A disturbance begins, or is begun again; what was so old that nothing counts it goes. */
  | {
      readonly do: 'charge'
      readonly disturbance: Omit<Disturbance, 'since' | 'endedAt'>
      /** `lastDisturbance` of the ledger that the gates saw; absent for what has happened, whether there was room or not. */
      readonly seen?: number
    }
  /** Ends one disturbance; without an id, all of the same maker that are not lasting. */
  | { readonly do: 'settle'; readonly by: string; readonly id?: string }
  | { readonly do: 'open-incident'; readonly incident: string; readonly owner: ResourceRef }
  | { readonly do: 'close-incident'; readonly incident: string }
  /** The proposal of this commit's `proposed`; refused where one is open in the incident. */
  | { readonly do: 'open-proposal'; readonly proposal: string; readonly incident: string }
  /** The first of two yeses; refused when the proposal is not open, or has one. */
  | ({ readonly do: 'endorse-proposal'; readonly proposal: string } & Omit<Yes, 'at'>)
  /** Refused when it is not open: of two who end it at once, one does. */
  | {
      readonly do: 'close-proposal'
      readonly proposal: string
      readonly as: ProposalEnd
      readonly reason: string
      readonly by?: string
    }
  | {
      readonly do: 'hold'
      readonly target: ResourceRef
      readonly forMs: number
      readonly reason: string
      readonly by: string
    }
  | { readonly do: 'latch'; readonly owner: ResourceRef; readonly reason: string }
  /** Ends holds and latches on the target and stops counting its attempts. */
  | { readonly do: 'release'; readonly target: ResourceRef }
  | { readonly do: 'pause'; readonly freeze: boolean; readonly reason: string; readonly by: string }
  | { readonly do: 'resume' }
  /**
   * Keeps this commit's `alerts-received` for the live view of alerts, and lets older ones go that no alert needs any
   * more: they then age like everything else.
   */
  | { readonly do: 'keep-alerts'; readonly dropped: readonly number[] }
