import type { Hypothesis } from '../domain/diagnosis.ts'
import type { Plan, PlanStep } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { durableOwner, type Topology } from '../domain/topology.ts'
import { LEAST_SICK } from './canary.ts'
import type { Chosen } from './plan.ts'

/** A cause, and the rung that was chosen for it. */
export type Pick = {
  readonly kind: 'pick'
  readonly cause: Hypothesis
  readonly chosen: Chosen
  readonly rejected: Plan['rejected']
}

/**
 * The rung of the likeliest cause; where enough parts of one owner have the same cause and the same rung, that of them all,
 * on their owner: one plan that treats them in waves, and not one after the other by as many plans, each of which would
 * have to prove itself anew.
 */
export function together(first: Pick, picks: readonly Pick[], topology: Topology): Chosen {
  const { cause, chosen } = first
  const owner = durableOwner(topology, cause.target)
  const alike = picks.filter(
    (one) =>
      one.cause.cause === cause.cause &&
      one.chosen.name === chosen.name &&
      one.chosen.policy === chosen.policy &&
      durableOwner(topology, one.cause.target) === owner &&
      isOfOnePart(one, owner),
  )
  if (!alike.includes(first) || alike.length < LEAST_SICK) return chosen
  const all = alike.map((one) => one.chosen)
  return {
    ...chosen,
    target: owner,
    steps: apart(all.flatMap(({ steps }) => steps)),
    cannotUndo: all.flatMap(({ cannotUndo }) => cannotUndo),
    success: all.flatMap(({ success = [] }) => success),
    asked: all.flatMap(({ asked }) => asked),
  }
}

/** Whether all that it touches is the one part that is the cause. */
function isOfOnePart({ cause: { target }, chosen }: Pick, owner: ResourceRef): boolean {
  return target !== owner && [chosen, ...chosen.steps].every((one) => one.target === target)
}

/** Names of steps are unique in a plan. */
function apart(steps: readonly PlanStep[]): readonly PlanStep[] {
  const isUnique = new Set(steps.map(({ name }) => name)).size === steps.length
  return isUnique ? steps : steps.map((step) => ({ ...step, name: `${step.name} ${step.target}` }))
}
