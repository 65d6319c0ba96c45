import type { Comparison } from '../domain/comparison.ts'
import type { Assessment } from '../domain/assessment.ts'
import type { Measure, Plan } from '../domain/plan.ts'
import type { Approval } from '../domain/proposal.ts'
import type { Failure, Outcome, RunEvent } from '../domain/run.ts'
import type { Json } from '../lib/json.ts'

/** What the log says of one step. `cut-off` is not a state of its own: it is `started` when nobody is at it any more. */
export type StepState =
  | { readonly status: 'started'; readonly effect: boolean }
  | { readonly status: 'succeeded'; readonly effect: boolean; readonly result: Json }
  | { readonly status: 'failed'; readonly effect: boolean; readonly failure: Failure }

export type UndoState =
  | { readonly status: 'started' }
  | { readonly status: 'finished' }
  | { readonly status: 'failed'; readonly failure: Failure }

/** A run as its log tells it. Never assigned, always folded. */
export type RunState = {
  readonly plan: Plan
  /** The person's yes that it began with: it is for this run of this plan alone. */
  readonly approval?: Approval
  /** The version of Kintsugi that started it. */
  readonly version: string
  readonly status: 'running' | 'undoing' | 'ended'
  readonly steps: ReadonlyMap<string, StepState>
  readonly undos: ReadonlyMap<string, UndoState>
  /** What the plan's signals said at the first effect. */
  readonly before?: Measure
  readonly assessment?: Assessment
  /** What each wave that was judged has come to, in their order. */
  readonly comparisons: readonly Comparison[]
  readonly outcome?: Outcome
}

/** An entry that cannot follow what the log holds: a bug, or a record that was tampered with. */
export class IllegalEventError extends Error {
  override readonly name = 'IllegalEventError'
}

/** The state after one more event; throws {@link IllegalEventError} on a pair that cannot be. */
export function nextRun(state: RunState | undefined, event: RunEvent): RunState {
  if (event.kind === 'run-started') {
    if (state) throw new IllegalEventError(`a run that is ${state.status} cannot start again`)
    const { plan, version, approval } = event
    const begun = { status: 'running', steps: new Map(), undos: new Map(), comparisons: [] } as const
    return { plan, version, ...begun, ...(approval && { approval }) }
  }
  if (!state) throw new IllegalEventError(`'${event.kind}' before the run started`)
  if (state.status === 'ended') throw new IllegalEventError(`'${event.kind}' after the run ended`)
  switch (event.kind) {
    case 'step-started': {
      const before = state.before ?? event.measure
      if (event.effect) checkWave(state, event.step)
      return { ...state, steps: withStep(state, event), ...(before && { before }) }
    }
    case 'step-succeeded':
    case 'step-failed':
      return { ...state, steps: withStep(state, event) }
    case 'undo-started':
    case 'undo-finished':
    case 'undo-failed':
      return { ...state, status: 'undoing', undos: withUndo(state, event) }
    case 'assessed':
      return { ...state, assessment: event.assessment }
    case 'compared':
      return { ...state, comparisons: withComparison(state, event) }
    case 'refused':
      return state
    case 'run-ended':
      return { ...state, status: 'ended', outcome: event.outcome }
  }
}

/** The whole log of a run, oldest first; undefined for an empty one. */
export function foldRun(events: Iterable<RunEvent>): RunState | undefined {
  let state: RunState | undefined
  for (const event of events) state = nextRun(state, event)
  return state
}

/** Waves are judged once each, in their order; only what nobody could see is judged again. */
function withComparison(
  { plan, comparisons }: RunState,
  { wave, comparison }: Extract<RunEvent, { kind: 'compared' }>,
): RunState['comparisons'] {
  const judged = comparisons.filter(({ verdict }) => verdict !== 'blind')
  if (wave !== judged.length || judged.some(stops) || !plan.canary?.waves[wave + 1]) {
    throw new IllegalEventError(`wave ${wave} cannot be judged after ${judged.length} have been`)
  }
  return [...judged, comparison]
}

/** Whether nothing more may be treated after it. */
export function stops({ verdict }: Comparison): boolean {
  return verdict !== 'better'
}

/** Nothing of a wave takes effect before all waves before it were judged to be better for it. */
function checkWave({ plan, comparisons }: RunState, step: string): void {
  const wave = plan.canary?.waves.findIndex(({ steps }) => steps.some((name) => step === `${name}/apply`)) ?? 0
  const judged = comparisons.filter((comparison) => !stops(comparison)).length
  if (wave > judged) throw new IllegalEventError(`step '${step}' before wave ${wave - 1} was judged`)
}

type StepEvent = Extract<RunEvent, { kind: `step-${string}` }>
type UndoEvent = Extract<RunEvent, { kind: `undo-${string}` }>

function withStep(state: RunState, event: StepEvent): RunState['steps'] {
  const was = state.steps.get(event.step)
  if (event.kind === 'step-started') {
    // A cut-off step is started again; one that has an outcome is not.
    if (was && was.status !== 'started') throw new IllegalEventError(`step '${event.step}' has already ${was.status}`)
    if (event.effect && state.status === 'undoing') {
      throw new IllegalEventError(`step '${event.step}' cannot take effect while the run is being undone`)
    }
    return new Map(state.steps).set(event.step, { status: 'started', effect: event.effect })
  }
  if (was?.status !== 'started') throw new IllegalEventError(`step '${event.step}' ended without having started`)
  const next: StepState =
    event.kind === 'step-succeeded'
      ? { status: 'succeeded', effect: was.effect, result: event.result }
      : { status: 'failed', effect: was.effect, failure: event.failure }
  return new Map(state.steps).set(event.step, next)
}

function withUndo(state: RunState, event: UndoEvent): RunState['undos'] {
  const was = state.undos.get(event.step)
  if (event.kind === 'undo-started') {
    if (was && was.status !== 'started')
      throw new IllegalEventError(`undo of '${event.step}' has already ${was.status}`)
    // Undos are named after the plan's step; what they take back is its apply.
    if (!state.steps.get(`${event.step}/apply`)?.effect) {
      throw new IllegalEventError(`undo of '${event.step}', which never took effect`)
    }
    return new Map(state.undos).set(event.step, { status: 'started' })
  }
  if (was?.status !== 'started') throw new IllegalEventError(`undo of '${event.step}' ended without having started`)
  const next: UndoState =
    event.kind === 'undo-finished' ? { status: 'finished' } : { status: 'failed', failure: event.failure }
  return new Map(state.undos).set(event.step, next)
}

/** Steps whose effect may have landed, oldest first: what an undo has to look at, and what is left open without one. */
export function mayHaveLanded(state: RunState): string[] {
  return [...state.steps].filter(([, step]) => step.effect && !isUntouched(step)).map(([name]) => name)
}

function isUntouched(step: StepState): boolean {
  return step.status === 'failed' && step.failure.untouched === true
}
