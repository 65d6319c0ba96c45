import { elapsedMs, type Moment } from '../lib/clock.ts'
import type { Json } from '../lib/json.ts'
import type { Plan } from './plan.ts'
import type { Verdict } from './verdict.ts'

/** What one step would change, as its capture saw the target when the plan was proposed: what a person agrees to. */
export type StepPreview = { readonly step: string; readonly before: Json }

/**
 * A plan that waits for a person. Nothing is locked and nothing runs meanwhile; on approval its preview is compared with
 * the world, and every gate is asked again.
 */
export type Proposal = {
  readonly id: string
  readonly incident: string
  readonly plan: Plan
  /** Every gate's answer when it was made; only the want of an approval stood in its way. */
  readonly verdict: Verdict
  readonly preview: readonly StepPreview[]
  /** Epoch milliseconds; nobody can approve it from `expiresAt` on. */
  readonly proposedAt: number
  readonly expiresAt: number
  /** When it was proposed, on both clocks: what its time is counted from. */
  readonly since: Moment
}

/**
 * Whether nobody can approve it any more. By the clock that nobody can set, as far as there is one, and by the wall as
 * people read it: a jump may shorten the time of a proposal, and never lengthens it. Across boots, a wall clock behind the
 * proposal tells nothing, and the time is taken for over.
 */
export function hasExpired({ since, proposedAt, expiresAt }: Proposal, now: Moment): boolean {
  if (now.wallMs >= expiresAt || elapsedMs(since, now) >= expiresAt - proposedAt) return true
  return since.bootId !== now.bootId && now.wallMs < since.wallMs
}

/** What became of a proposal. `superseded`: the world, or the choice, is no longer what was proposed. */
export type ProposalEnd = 'approved' | 'rejected' | 'expired' | 'superseded' | 'withdrawn'

/** One person's yes. `at` is epoch milliseconds; without `person` the name is all that is known. */
export type Yes = { readonly by: string; readonly person?: string; readonly reason: string; readonly at: number }

/** The yes to a proposal: it goes with the run, and opens the gates that asked for it. */
export type Approval = Yes & {
  readonly proposal: string
  /** The yes of another person before it, where the policy asks two. */
  readonly first?: Yes
}
