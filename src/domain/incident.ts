import type { Moment } from '../lib/clock.ts'
import type { Credit } from './credit.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Finding, Severity } from './finding.ts'
import type { Plan } from './plan.ts'
import type { Proposal, Yes } from './proposal.ts'
import type { ResourceRef } from './resource.ts'
import type { Outcome } from './run.ts'

export type IncidentStatus = 'open' | 'diagnosing' | 'healing' | 'verifying' | 'resolved' | 'escalated'

/** One attempt at mending, as the incident remembers it. */
export type Attempt = {
  readonly run: string
  readonly plan: string
  readonly remedy: string
  readonly target: ResourceRef
  /** The single targets that a plan in waves is about. */
  readonly parts?: readonly ResourceRef[]
  readonly outcome?: Outcome
  /** Who mended it; absent where nothing was, and in older records. */
  readonly credit?: Credit
}

/** A remedy that was proposed and that nobody wanted: rejected by a person, or not answered in time. */
export type Refusal = Pick<Attempt, 'remedy' | 'target' | 'parts'> & { readonly why: string }

/** A person says that a run, or the whole incident, was treated wrongly. `at` is epoch milliseconds. */
export type Wrong = { readonly subject: string; readonly by: string; readonly reason: string; readonly at: number }

/** Findings that belong together, on one durable owner, with one lifecycle. */
export type Incident = {
  readonly id: string
  readonly owner: ResourceRef
  readonly status: IncidentStatus
  readonly severity: Severity
  readonly openedAt: number
  readonly closedAt?: number
  /** What is violated or unseen now; empty once everything is well. */
  readonly findings: readonly Finding[]
  /** Its findings ended and came back. `settled` attempts had ended by the last return: they did not end what is now. */
  readonly flapping?: { readonly returns: number; readonly settled: number }
  /** How long its trouble lasted, each time that it passed without an attempt, in milliseconds. */
  readonly alone?: readonly number[]
  /** Since when nothing is found any more (epoch milliseconds), and what was found last. */
  readonly quiet?: { readonly since: number; readonly findings: readonly Finding[] }
  readonly diagnosis?: Diagnosis
  readonly attempts: readonly Attempt[]
  /** In shadow: the plan that only shadow kept from running. */
  readonly wouldRun?: Plan
  /** The plan that waits for a person's yes; what a person refused is not proposed again. */
  readonly proposal?: Proposal
  /** The first of two yeses to it. */
  readonly endorsed?: Yes
  readonly refused?: readonly Refusal[]
  /** A person is at it: Kintsugi begins nothing more in it. */
  readonly takenOver?: { readonly by: string; readonly reason: string; readonly at: number }
  /** A person has seen it and looks at it; `forMs`: so long from then on, else until it ends. */
  readonly acknowledged?: {
    readonly by: string
    readonly person?: string
    readonly reason: string
    readonly since: Moment
    readonly forMs?: number
  }
  /** What people said was wrong about it, or about one of its runs. */
  readonly wrong?: readonly Wrong[]
  /** Who ended it, once it is resolved. */
  readonly endedBy?: 'kintsugi' | 'itself' | 'unknown'
  /** What the last recorded non-action was about, so that only a change of it is news; empty for none. */
  readonly lastReason?: string
  /** Why nothing is being done, in the words of the gates; empty while something is. */
  readonly waitingFor: readonly string[]
}
