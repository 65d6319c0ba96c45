import type { Json } from '../lib/json.ts'
import type { Assessment } from './assessment.ts'
import type { Basis } from './basis.ts'
import type { Comparison } from './comparison.ts'
import type { Credited } from './credit.ts'
import type { Measure, Plan } from './plan.ts'
import type { Approval } from './proposal.ts'
import type { Verdict } from './verdict.ts'

/** How a run ends. `parked` and `stuck` keep the lock and page a person. */
export type Outcome = 'healed' | 'helped' | 'rolled-back' | 'spent' | 'parked' | 'stuck' | 'abandoned'

/** A failure as the journal keeps it. */
export type Failure = {
  readonly message: string
  /** The target itself refused the very first try, so that nothing of ours can have landed. */
  readonly untouched?: boolean
}

/**
 * The run log: entries of the record that carry the run's id. Every step is named; its `started` is durable before
 * its effect, and an effect's `started` carries the verdict that allowed it.
 */
export type RunEvent =
  | {
      readonly kind: 'run-started'
      readonly plan: Plan
      readonly version: string
      readonly epoch: number
      /** The person's yes that the plan waited for; absent where it needed none. */
      readonly approval?: Approval
      /** That it may begin; each effect has one of its own. */
      readonly verdict?: Verdict
      readonly basis?: Basis
    }
  | {
      readonly kind: 'step-started'
      readonly step: string
      readonly effect: boolean
      readonly verdict?: Verdict
      /** With the first effect: what the plan's signals said then, which is what a run can take credit for. */
      readonly measure?: Measure
      readonly basis?: Basis
    }
  | { readonly kind: 'step-succeeded'; readonly step: string; readonly result: Json }
  | { readonly kind: 'step-failed'; readonly step: string; readonly failure: Failure }
  | { readonly kind: 'undo-started'; readonly step: string; readonly verdict: Verdict; readonly basis?: Basis }
  | { readonly kind: 'undo-finished'; readonly step: string }
  | { readonly kind: 'undo-failed'; readonly step: string; readonly failure: Failure }
  | { readonly kind: 'assessed'; readonly assessment: Assessment; readonly basis?: Basis }
  /** What a wave of a canaried plan has come to; waves are counted from 0. */
  | { readonly kind: 'compared'; readonly wave: number; readonly comparison: Comparison }
  | { readonly kind: 'refused'; readonly step: string; readonly verdict: Verdict; readonly basis?: Basis }
  | {
      readonly kind: 'run-ended'
      readonly outcome: Outcome
      readonly reason: string
      /** What is left half done, for the person who takes over. */
      readonly leftOpen: readonly string[]
      /** To whom it is owed that its signals are well; absent where they are not, and in older records. */
      readonly credited?: Credited
    }

const RUN_KINDS: ReadonlySet<string> = new Set<RunEvent['kind']>([
  ...(['run-started', 'step-started', 'step-succeeded', 'step-failed', 'refused', 'assessed', 'compared'] as const),
  ...(['undo-started', 'undo-finished', 'undo-failed', 'run-ended'] as const),
])

/** Whether an entry's body belongs to a run log. */
export function isRunEvent(body: { readonly kind: string }): body is RunEvent {
  return RUN_KINDS.has(body.kind)
}
