import type { ByHand } from '../../domain/action.ts'
import type { PlanStep } from '../../domain/plan.ts'
import type { AnyAction } from '../../domain/ports.ts'
import type { Diff } from '../../domain/action.ts'
import type { PlanView, StepView, UndoView } from '../../domain/view.ts'
import type { Json } from '../../lib/json.ts'
import type { PlanTold, StepTold } from './told.ts'

/** What views of steps are made with beside the record. */
export type StepKnowledge = {
  /** Epoch milliseconds. */
  readonly now: number
  readonly action: (name: string) => AnyAction | undefined
  /** By plan and step; absent where nobody was asked. */
  readonly byHand?: (plan: string, step: string) => ByHand | undefined
}

/** A plan with its steps: what each changes, what became of it, whether it can be taken back now. Pure; never throws. */
export function planView(told: PlanTold, x: StepKnowledge): PlanView {
  const { preview: _, steps: __, ...plan } = told
  return { ...plan, steps: told.plan.steps.map((step) => stepView(step, told, x)) }
}

/** What the step's capture saw: that of the run, else that of the proposal. */
export function beforeOf({ steps, preview }: PlanTold, step: string): Json | undefined {
  return steps.get(step)?.before ?? preview.find((one) => one.step === step)?.before
}

function stepView(step: PlanStep, told: PlanTold, x: StepKnowledge): StepView {
  const { name, action, target } = step
  const known = told.steps.get(name) ?? { status: 'planned' }
  const hand = x.byHand?.(told.plan.id, name) ?? { apply: [], undo: [] }
  const diff = diffOf(step, beforeOf(told, name), x)
  return {
    name,
    action,
    target,
    status: known.status,
    ...(known.appliedAt !== undefined && { appliedAt: known.appliedAt }),
    ...(diff && { diff }),
    byHand: hand.apply,
    undo: { ...undoOf(step, known, told, x.now), byHand: hand.undo },
  }
}

/** An action that is no longer known, or a snapshot of another version, has no diff. */
function diffOf(step: PlanStep, before: Json | undefined, x: StepKnowledge): readonly Diff[] | undefined {
  if (before === undefined) return undefined
  try {
    return x.action(step.action)?.diff?.(step.params, before)
  } catch {
    return undefined
  }
}

function undoOf(step: PlanStep, known: StepTold, { plan }: PlanTold, now: number): Omit<UndoView, 'byHand'> {
  if (known.status === 'undone') return { state: 'done' }
  if (step.reversibility === 'read-only') return { state: 'done', reason: 'it changes nothing' }
  if (step.reversibility !== 'reversible') return { state: 'impossible', reason: lossOf(step, plan.cannotUndo) }
  const trouble = known.trouble === undefined ? {} : { reason: `its undo failed: ${known.trouble}` }
  const holdMs = holdOf(step)
  if (holdMs === undefined || known.appliedAt === undefined) return { state: 'ready', ...trouble }
  const expiresAt = known.appliedAt + holdMs
  if (now >= expiresAt) return { state: 'done', expiresAt, reason: `${step.target} has taken it back by itself` }
  return { state: 'expires', expiresAt, ...trouble }
}

function lossOf({ target, reversibility }: PlanStep, cannotUndo: readonly string[]): string {
  const own = cannotUndo.filter((words) => words.includes(target))
  return (own.length > 0 ? own : cannotUndo).join('; ') || `it is ${reversibility}`
}

/** How long the target keeps the effect, in milliseconds; undefined for as long as nobody changes it. */
function holdOf({ params }: PlanStep): number | undefined {
  const held = typeof params === 'object' && params !== null && 'holdMs' in params ? params.holdMs : undefined
  return typeof held === 'number' ? held : undefined
}
