import { effectOf, withEffect, type Effect } from '../domain/disturbance.ts'
import type { Disturbance } from '../domain/ledger.ts'
import type { GateInput } from './gate.ts'

/** What is disturbed once a step takes effect. */
export type Stage = { readonly effect: Effect; readonly all: readonly Disturbance[] }

/**
 * What a question is about, in the terms of the blast-radius ledger: the step that is about to take effect, or each step
 * of a plan that is about to start, with what the steps before it leave disturbed.
 */
export function stagesOf(
  { plan, purpose, step, run, world, now }: GateInput,
  going: readonly Disturbance[],
): readonly Stage[] {
  const steps = purpose === 'start' || !step ? plan.steps : [step]
  const own = run ?? plan.id
  const stages: Stage[] = []
  let before = going
  for (const each of steps.filter(({ reversibility }) => reversibility !== 'read-only')) {
    const effect = effectOf(each, plan, world.topology)
    before = withEffect(before, effect, { run: own, now })
    stages.push({ effect, all: before })
  }
  return stages
}
