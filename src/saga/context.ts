import type { Comparison } from '../domain/comparison.ts'
import type { Assessment } from '../domain/assessment.ts'
import type { Write } from '../domain/ledger.ts'
import type { Measure, Plan, PlanStep } from '../domain/plan.ts'
import type { AnyAction, Tools } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Outcome } from '../domain/run.ts'
import { objections, type Verdict } from '../domain/verdict.ts'
import { elapsedMs, type Clock, type Moment } from '../lib/clock.ts'
import { stopIfAsked, stopOf, type Journal } from './journal.ts'
import { mayHaveLanded } from './log.ts'

export type Question = {
  readonly plan: Plan
  readonly step: PlanStep
  /** `repeat`: of a step that was begun before and may have landed. */
  readonly purpose: 'apply' | 'repeat' | 'undo'
  readonly run: string
}

/** What a run is given: it knows no remedy, no connector and no gate, only these. */
export type RunContext = {
  readonly run: string
  readonly plan: Plan
  readonly journal: Journal
  readonly clock: Clock
  readonly freeze: AbortSignal
  readonly halt: AbortSignal
  readonly action: (name: string) => AnyAction
  readonly tools: (target: ResourceRef) => Partial<Tools>
  /** Asks the gates now; an undo is asked of two of them only. */
  readonly ask: (question: Question) => Promise<Verdict>
  /** What goes on record with the start of the step that was asked about last; absent: nothing. */
  readonly charge?: (step: PlanStep) => readonly Write[]
  /** What the plan's signals say now. */
  readonly measure: (plan: Plan) => Measure
  /** Judges the plan's signals now, on samples later than `since`. */
  readonly assess: (plan: Plan, since: Moment) => Assessment
  /** Compares what a wave has treated with what it has not, now, on samples later than `since`. */
  readonly compare: (plan: Plan, wave: number, since: Moment) => Comparison
  /** How often a condition is looked at again, in milliseconds. */
  readonly pollMs: number
}

export type Ending = { readonly outcome: Outcome; readonly reason: string }

/**
 * What these gates object to passes by itself, within seconds: the instance that the last step restarted serves before
 * the probes have seen it, and what others disturb meanwhile is over. What ails Kintsugi itself may pass too, and a run
 * stands at a safe point until then.
 */
const PASSING: ReadonlySet<string> = new Set(['blindness', 'min-healthy', 'self-care', 'blast-radius', 'global'])

/**
 * Asks the gates. A hold that passes by itself is waited out rather than taken for a no: the gates allowed the run a moment
 * ago, or before this process started and had yet to see anything.
 */
export async function askWithPatience(x: RunContext, step: PlanStep, purpose: Question['purpose']): Promise<Verdict> {
  for (const from = x.clock.moment(); ;) {
    const verdict = await x.ask({ plan: x.plan, step, purpose, run: x.run })
    const passes = verdict.answer === 'hold' && objections(verdict).every(({ gate }) => PASSING.has(gate))
    const isOver = elapsedMs(from, x.clock.moment()) >= x.plan.verify.blindForMs
    if (!passes || isOver) return verdict
    await x.clock.sleep(x.pollMs, stopOf(x))
    stopIfAsked(x)
  }
}

export type LandedStep = { readonly step: PlanStep; readonly action: AnyAction }

/** Steps that changed something or may have, oldest first. */
export function landedSteps(x: Pick<RunContext, 'plan' | 'journal' | 'action'>): LandedStep[] {
  const landed = mayHaveLanded(x.journal.state())
  return x.plan.steps
    .filter((step) => step.reversibility !== 'read-only' && landed.includes(`${step.name}/apply`))
    .map((step) => ({ step, action: x.action(step.action) }))
}
