import type { Canary, Measure, Plan, PlanStep, Wave } from '../domain/plan.ts'
import type { VerifyRule } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { canonical, type Json } from '../lib/json.ts'

/** So many sick targets, or one cannot be treated and others left to compare it with. */
export const LEAST_SICK = 4
/** The second wave: so much of all that are sick. */
const SECOND_WAVE = 0.25
/** A wave is believed after this part of the time in which the whole has to stay well. */
const BELIEVED_AFTER = 0.25

/**
 * The steps of a plan in waves: one of the sick first, then a quarter of them, then the rest and whatever is not sick.
 * Only where the plan does the same on each of enough targets on which a signal of its own is violated; else the steps as
 * they are. By construction: no remedy has to ask for it.
 */
export function inWaves(
  steps: readonly PlanStep[],
  before: Measure,
  verify: Pick<VerifyRule, 'healthyForMs' | 'withinMs'>,
): Pick<Plan, 'steps' | 'canary'> {
  const byTarget = Map.groupBy(steps, ({ target }) => target)
  const sick = [...byTarget.keys()].filter((ref) => isSick(before, ref))
  if (sick.length < LEAST_SICK || !isAlike([...byTarget.values()])) return { steps }
  const well = [...byTarget.keys()].filter((ref) => !sick.includes(ref))
  const ends = [1, 1 + Math.max(1, Math.floor(sick.length * SECOND_WAVE)), sick.length]
  const waves = ends.map((end, n): Wave => {
    const treats = sick.slice(n === 0 ? 0 : ends[n - 1], end)
    const touches = end === sick.length ? [...treats, ...well] : treats
    const own = touches.flatMap((ref) => byTarget.get(ref) ?? [])
    return { steps: own.map(({ name }) => name), treats, controls: sick.slice(end) }
  })
  const canary: Canary = {
    waves,
    wellForMs: verify.healthyForMs * BELIEVED_AFTER,
    withinMs: verify.withinMs,
  }
  return { steps: [...sick, ...well].flatMap((ref) => byTarget.get(ref) ?? []), canary }
}

function isSick({ own }: Measure, ref: ResourceRef): boolean {
  return own.some(({ target, state }) => target === ref && state === 'violated')
}

/** Whether the same is done on each target: what takes from one and gives to another is one treatment, not several. */
function isAlike(groups: readonly (readonly PlanStep[])[]): boolean {
  const kinds = groups.map((steps) => canonical(steps.map(({ action, params }) => [action, withoutTarget(params)])))
  return new Set(kinds).size === 1
}

function withoutTarget(params: Json): Json {
  if (typeof params !== 'object' || params === null) return params
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'target'))
}
