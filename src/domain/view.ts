import type { Diff } from './action.ts'
import type { ChangeView, Chart } from './chart.ts'
import type { Comparison } from './comparison.ts'
import type { Credited } from './credit.ts'
import type { Entry } from './entry.ts'
import type { Hand } from './hand.ts'
import type { Incident } from './incident.ts'
import type { Plan } from './plan.ts'
import type { Autonomy, GlobalLimit, Policy } from './policy.ts'
import type { Proposal, ProposalEnd, Yes } from './proposal.ts'
import type { ResourceRef } from './resource.ts'
import type { Outcome } from './run.ts'
import type { SeriesName } from './series.ts'
import type { Verdict } from './verdict.ts'

/** What people are shown, by value: made from the record and the world, and read by the console and the command line. */

/** Whether a step can be taken back now. `expires`: the target takes it back by itself at `expiresAt`. */
export type UndoView = {
  readonly state: 'ready' | 'impossible' | 'expires' | 'done'
  readonly expiresAt?: number
  /** Why it is impossible, or what is known of it. */
  readonly reason?: string
  /** Commands with which a person does it without Kintsugi; empty where none is known. */
  readonly byHand: readonly string[]
}

export type StepView = {
  readonly name: string
  readonly action: string
  readonly target: ResourceRef
  readonly status: 'planned' | 'under-way' | 'applied' | 'failed' | 'undone'
  /** When it was applied, in epoch milliseconds. */
  readonly appliedAt?: number
  /** Absent where nobody has looked yet. */
  readonly diff?: readonly Diff[]
  /** Commands with which a person does the step without Kintsugi; empty where none is known. */
  readonly byHand: readonly string[]
  readonly undo: UndoView
}

/** A plan with what became of it: run, proposed, or kept from running by gates. */
export type PlanView = {
  readonly plan: Plan
  readonly at: number
  readonly became: 'running' | 'run' | 'proposed' | 'not-run' | 'would-run'
  /** The newest answers of the gates. */
  readonly verdict?: Verdict
  readonly run?: string
  readonly startedAt?: number
  readonly endedAt?: number
  readonly outcome?: Outcome
  readonly reason?: string
  /** What its waves came to, in their order. */
  readonly comparisons?: readonly WaveView[]
  readonly credited?: Credited
  readonly steps: readonly StepView[]
}

/** A wave that was judged; waves are counted from 0. */
export type WaveView = { readonly wave: number; readonly at: number; readonly comparison: Comparison }

/** A moment worth a line on the charts. */
export type Moment = {
  readonly at: number
  readonly what: 'opened' | 'applied' | 'undone' | 'ended' | 'closed'
  readonly step?: string
}

/** Everything the page of one incident shows. */
export type IncidentView = {
  readonly incident: Incident
  /** Its entries, oldest first. */
  readonly entries: readonly Entry[]
  /** The one that waits, if one does. */
  readonly proposal?: Proposal
  /** Newest first. */
  readonly plans: readonly PlanView[]
  readonly charts: readonly Chart[]
  readonly moments: readonly Moment[]
  readonly changes: readonly ChangeView[]
}

/** An incident and what the record says of it: what every view of one is made from. */
export type Story = Pick<IncidentView, 'incident' | 'entries'>

/** A proposal as lists show it. */
export type ProposalView = {
  readonly proposal: Proposal
  /** The first yes, where the policy asks two people. */
  readonly endorsed?: Yes
  readonly ended?: { readonly as: ProposalEnd; readonly at: number; readonly by?: string; readonly reason?: string }
}

/** What only a person can go on with. */
export type Need = {
  readonly kind: 'proposal' | 'parked' | 'stuck' | 'blind' | 'escalated' | 'latched'
  readonly incident?: string
  /** The proposal, run or target that is meant. */
  readonly subject: string
  readonly target: ResourceRef
  readonly since: number
  readonly expiresAt?: number
  readonly reason: string
}

/** A run under way, as the first screen shows it. */
export type Touched = {
  readonly run: string
  readonly incident: string
  readonly target: ResourceRef
  readonly remedy: string
  readonly startedAt: number
  readonly stage: 'preparing' | 'applying' | 'verifying' | 'comparing' | 'settling' | 'undoing'
  readonly step?: string
}

/** What was done, and what was not, in a stretch of time. */
export type Day = {
  readonly from: number
  readonly to: number
  readonly acted: number
  readonly held: number
  readonly denied: number
  readonly unmapped: number
  readonly healed: number
  readonly endedAlone: number
}

/** What is left of the attempts on one owner: the tightest of its limits. */
export type BudgetView = {
  readonly owner: ResourceRef
  readonly used: number
  readonly attempts: number
  readonly withinMs: number
  readonly latched: boolean
}

/** What is disturbed now, whoever does it, and how much more may be. */
export type BlastView = {
  /** Targets that are disturbed at once, over all services. */
  readonly targets: number
  /** Effects that began within the last hour. */
  readonly effects: number
  readonly limit?: GlobalLimit
  /** Services that are disturbed: how many of their instances, how many may be at once, and by whom. */
  readonly services: readonly {
    readonly service: ResourceRef
    readonly instances: number
    readonly disturbed: number
    readonly allowed?: number
    readonly by: readonly string[]
  }[]
}

export type Overview = {
  /** The most pressing first. */
  readonly needs: readonly Need[]
  /** How many more there are than are listed. */
  readonly moreNeeds: number
  readonly touched: readonly Touched[]
  /** How many more runs are under way than are listed. */
  readonly moreTouched: number
  readonly day: Day
  readonly budgets: readonly BudgetView[]
}

/** How a target is, as far as anybody can say. */
export type TargetState = 'well' | 'unwell' | 'blind' | 'in-repair' | 'held' | 'unwatched'

export type TargetView = {
  readonly target: ResourceRef
  readonly state: TargetState
  readonly because?: string
  readonly partOf?: ResourceRef
  readonly dependsOn: readonly ResourceRef[]
  /** Dependencies that were learned from calls, and not declared. */
  readonly calls: readonly ResourceRef[]
  readonly incident?: string
  /** The policies that watch it. */
  readonly policies: readonly string[]
}

/** A policy with what it comes to now. */
export type PolicyView = {
  readonly policy: Policy
  readonly autonomy: Autonomy
  /** The condition with every alias replaced. */
  readonly condition: string
  readonly covers: readonly ResourceRef[]
  /** What stands in the way of its acting by itself; empty where nothing does. */
  readonly limits: readonly string[]
}

/**
 * A series that its default detectors hold to be out of the ordinary for more than a moment: to be looked at, and a
 * reason for nothing. Times are epoch milliseconds.
 */
export type LoudSeries = SeriesName & {
  /** Who sends it. */
  readonly source: string
  /** Whose it is, where that is known. */
  readonly target?: ResourceRef
  readonly since: number
  /** When it was last seen to be so. */
  readonly at: number
  /** How far out, by its own past: from 4 on, which is as rare as can be told, by 15 deviations. */
  readonly evidence: number
  /** The newest value, where it is a number; of a counter what it grew by, a second. */
  readonly value?: number
  /** What the series is like, in words. */
  readonly text: string
}

/** Something that keeps Kintsugi's hands still now. Times are epoch milliseconds. */
export type PauseView = {
  readonly kind:
    | 'pause'
    | 'kill-switch'
    | 'ailment'
    | 'freeze-window'
    | 'maintenance-window'
    | 'hold'
    | 'latch'
    | 'lock'
    | 'taken-over'
    | Hand['kind']
  /** The target, incident, window or policies that are meant; absent: everything. */
  readonly about?: string
  /** The person or program behind it; a file, a limit or the calendar has none. */
  readonly who?: string
  readonly why: string
  /** Absent where nobody knows. */
  readonly since?: number
  /** Absent: until it is ended. */
  readonly until?: number
  /** How to end it before its time, in words. */
  readonly ends: string
}

/** What the running owner shows, made from the record and the world of now. */
export type Views = {
  overview(): Promise<Overview>
  incident(story: Story): Promise<IncidentView>
  /** Newest first. */
  plans(story: Story): Promise<readonly PlanView[]>
  targets(): Promise<readonly TargetView[]>
  policies(): Promise<readonly PolicyView[]>
  /** What stands in the way of everything first. */
  pauses(): Promise<readonly PauseView[]>
  /** The loudest first. */
  loud(): Promise<readonly LoudSeries[]>
}
