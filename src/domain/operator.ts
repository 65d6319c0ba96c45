import type { Alert, KnownAlert } from './alert.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Mode } from './entry.ts'
import type { Finding } from './finding.ts'
import type { OpenWindow } from './freeze-window.ts'
import type { Incident } from './incident.ts'
import type { Actor, Hold, Latch, Lock, Pause } from './ledger.ts'
import type { Choice } from './plan.ts'
import type { Identity } from './person.ts'
import type { ResourceRef } from './resource.ts'
import type { SelfStatus } from './self.ts'
import type { Verdict } from './verdict.ts'
import type { BlastView, Views } from './view.ts'

/** One source of signals and whether it is fresh. */
export type SourceStatus = {
  readonly name: string
  readonly fresh: boolean
  readonly lastAt?: number
  readonly problem?: string
}

/** What is kept of all that comes in, and what others push and is not. */
export type IntakeStatus = {
  /** Series of every sender and of all that is looked at. */
  readonly series: number
  /** Of those that are pushed: the ones that policies, objectives, rules or aliases read. */
  readonly named: number
  /** Named ones that are nobody's, and why the first of them is. */
  readonly unaimed: { readonly series: number; readonly reason?: string }
  readonly samples: number
  /** Samples, lines and spans that could not be read. */
  readonly refused: number
  /** How often a new series was not taken in, by a limit. */
  readonly shed: number
  /** How often the worker was begun anew. */
  readonly restarts: number
}

/** What an operator wants to know first: may it write, can it see, is the record whole. */
export type Status = {
  readonly mode: Mode
  readonly version: string
  readonly startedAt: number
  /** Target patterns that some policy may act on by itself now; empty in shadow, while paused, in a freeze window on everything, while nobody knows what is silenced, and while the record cannot be written. */
  readonly canWrite: readonly string[]
  readonly sources: readonly SourceStatus[]
  readonly record: { readonly ok: boolean; readonly seq: number; readonly problem?: string }
  /** Absent from servers of before. */
  readonly self?: SelfStatus
  readonly intake?: IntakeStatus
  readonly pause?: Pause
  /** What is disturbed now, and by whom; absent in the words of older versions. */
  readonly blast?: BlastView
  /** Why nothing is begun at all: more causes at once than single repairs are an answer to. */
  readonly storm?: readonly ResourceRef[]
  /** Freeze windows; absent where none is open. */
  readonly openWindows?: readonly OpenWindow[]
  readonly holds: readonly Hold[]
  readonly latches: readonly Latch[]
  readonly locks: readonly Lock[]
  readonly incidents: readonly Incident[]
  readonly openRuns: readonly string[]
  /** How long the last turn of the loop took, and how late it began, in milliseconds. */
  readonly loop: { readonly turnMs: number; readonly lagMs: number; readonly turns: number }
}

/** A received alert, and the policies that its target is looked at by because of it. */
export type AlertView = KnownAlert & { readonly policies: readonly string[] }

/** What would be done about an alert if it fired now; nothing is. */
export type AlertPlan = {
  readonly alert: KnownAlert
  readonly policies: readonly string[]
  /** The open incident that it would belong to; absent where it would open one. */
  readonly incident?: string
  readonly findings: readonly Finding[]
  readonly diagnosis?: Diagnosis
  readonly choice: Choice
  /** Every gate's answer to the plan, where there is one. */
  readonly verdict?: Verdict
}

/** Who asks, and why: both stand on the record. `who` is what was proven of them; absent: nobody looked. */
export type Order = { readonly by: string; readonly reason: string; readonly who?: Identity }

/** What became of a yes: the run that began, or, where two must say it, that another is wanting. */
export type Approved = { readonly run: string } | { readonly wants: string }

/** What people may ask of the running owner. Each resolves once the record has it. */
export type Operator = {
  readonly views: Views
  status(): Promise<Status>
  /** What was received and still counts, the newest first; there may be many, and who reads a page reads no more. */
  alerts(): Iterable<AlertView>
  /** What each alert would lead to, each for itself, as if it fired now. Reads only: nothing is done or recorded. */
  preview(alerts: readonly Alert[]): Promise<readonly AlertPlan[]>
  /** Reads the world anew at once; never carries input. */
  wake(): void
  pause(order: Order & { readonly freeze: boolean }): Promise<void>
  resume(order: Order): Promise<void>
  hold(order: Order & { readonly target: ResourceRef; readonly forMs: number }): Promise<void>
  /** What somebody disturbs from now on counts against what may be disturbed at once; resolves with its id. */
  announce(
    order: Order & {
      readonly target: ResourceRef
      readonly actor: Actor
      readonly forMs: number
      /** From 0 to 1; of a part of a service, the part itself is what counts. */
      readonly share: number
    },
  ): Promise<{ readonly id: string }>
  /** Throws UsageError when no announcement of that name goes on. */
  endAnnouncement(order: Order & { readonly id: string }): Promise<void>
  /** A run that is parked or stuck, a target that is held or latched, or `storm`. Throws UsageError when nothing there is held. */
  release(order: Order & { readonly subject: string }): Promise<void>
  /**
   * A yes to a proposal: resolves with the run that began, or with who must say it too. Throws ConflictError, and begins nothing, when it is no longer
   * open or the world is no longer what was proposed; HeldError when a gate objects now; ForbiddenError when they may not.
   */
  approve(order: Order & { readonly proposal: string }): Promise<Approved>
  reject(order: Order & { readonly proposal: string }): Promise<void>
  /** Nothing more is begun in the incident; what runs is brought to a safe point. `release` of the incident gives it back. */
  takeOver(order: Order & { readonly incident: string }): Promise<void>
  /**
   * A person has seen the incident, or the one that an alert (by its fingerprint) belongs to: nothing is begun on its
   * owner until it ends, `forMs` has passed or it is released.
   */
  acknowledge(order: Order & { readonly subject: string; readonly forMs?: number }): Promise<void>
  /** Of an incident or a run: writes down that a person says it was wrong. */
  markWrong(order: Order & { readonly subject: string }): Promise<void>
  /** Reads the configuration file again; a bad file leaves the running one in place and throws UsageError. */
  reload(by?: Pick<Order, 'by' | 'who'>): Promise<void>
  /** Writes down, once an hour, that somebody who is known asked what they have no right to; never throws. */
  refused(order: Order & { readonly what: string }): void
}
