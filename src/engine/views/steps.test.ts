import { expect, test } from 'vitest'
import { plan } from '../../../test/fixtures/incidents.ts'
import { actions } from '../../actions/registry.ts'
import type { PlanStep } from '../../domain/plan.ts'
import type { StepView } from '../../domain/view.ts'
import type { Json } from '../../lib/json.ts'
import { planView } from './steps.ts'
import type { PlanTold, StepTold } from './told.ts'

const pool = 'edge:shop/pool/web'
const drain: PlanStep = {
  name: 'drain',
  action: 'drain-instance',
  target: pool,
  params: { target: pool, instance: 'web-1', holdMs: 60_000 },
  reversibility: 'reversible',
}
const shift: PlanStep = {
  ...drain,
  action: 'shift-traffic',
  params: { target: pool, weights: { 'web-1': 10 } },
}
const BEFORE = { was: { 'state.web-1': 'up' }, wanted: { 'state.web-1': 'drain' } }

function shown(
  step: PlanStep,
  told: StepTold,
  more: { readonly now?: number; readonly preview?: Json } = {},
): StepView {
  const preview = more.preview === undefined ? [] : [{ step: step.name, before: more.preview }]
  const one: PlanTold = {
    plan: { ...plan, steps: [step] },
    at: 0,
    became: 'run',
    preview,
    steps: new Map([[step.name, told]]),
  }
  return planView(one, { now: more.now ?? 0, action: (name) => actions.get(name) }).steps[0]!
}

test('what is held up expires, and is done once its time has passed', () => {
  const applied: StepTold = { status: 'applied', appliedAt: 1000 }
  expect(shown(drain, applied, { now: 2000 }).undo).toMatchObject({ state: 'expires', expiresAt: 61_000 })
  expect(shown(drain, applied, { now: 61_000 }).undo).toMatchObject({ state: 'done', expiresAt: 61_000 })
})

test('what stays until somebody takes it back is ready, until it is done', () => {
  expect(shown(shift, { status: 'applied', appliedAt: 1000 }).undo.state).toBe('ready')
  expect(shown(shift, { status: 'undone', appliedAt: 1000 }).undo.state).toBe('done')
  expect(shown(shift, { status: 'applied', trouble: 'refused' }).undo).toMatchObject({
    state: 'ready',
    reason: 'its undo failed: refused',
  })
})

test('what cannot be undone says what is lost', () => {
  expect(shown(plan.steps[0]!, { status: 'applied' }).undo).toMatchObject({
    state: 'impossible',
    reason: 'the old process and its memory are gone',
  })
})

test('the diff is of what the run saw, else of what was proposed, and absent where nobody has looked', () => {
  const diff = [{ name: 'state.web-1', from: 'up', to: 'drain' }]
  expect(shown(drain, { status: 'planned', before: BEFORE }).diff).toEqual(diff)
  expect(shown(drain, { status: 'planned' }, { preview: BEFORE }).diff).toEqual(diff)
  expect(shown(drain, { status: 'planned' }).diff).toBeUndefined()
})

test('an action that is no longer known, or a snapshot of another version, has no diff', () => {
  expect(shown({ ...drain, action: 'gone' }, { status: 'planned', before: BEFORE }).diff).toBeUndefined()
  expect(shown(drain, { status: 'planned', before: { old: 1 } }).diff).toBeUndefined()
})
