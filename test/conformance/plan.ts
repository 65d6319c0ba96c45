import type { Comparison } from '../../src/domain/comparison.ts'
import type { Assessment } from '../../src/domain/assessment.ts'
import type { Measure, Plan, PlanStep } from '../../src/domain/plan.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import type { GateAnswer, Verdict } from '../../src/domain/verdict.ts'
import { A } from './lamps.ts'

export const OWNER: ResourceRef = 'lab:shop/service/lamps'
export const TIMES = { healthyForMs: 1000, withinMs: 5000, blindForMs: 2000 }

/** A plan of the given steps, with nothing to look up. */
export function planOf(steps: readonly PlanStep[], own: Measure['own'] = []): Plan {
  const measure = { at: 0, own, guards: [] }
  return {
    id: 'plan-1',
    incident: 'inc-1',
    generation: 1,
    at: 0,
    policy: 'lamps-lit',
    remedy: 'light-lamps',
    target: A,
    owner: OWNER,
    within: [OWNER],
    sharedFate: [],
    steps,
    cannotUndo: [],
    cooldownMs: 0,
    verify: { ...TIMES, guards: [], expectations: [], before: measure },
    rejected: [],
  }
}

export const ALLOWED: Verdict = verdictOf({ gate: 'test', answer: 'allow', reason: 'nothing against it' })

export function verdictOf(answer: GateAnswer): Verdict {
  return { answer: answer.answer, answers: [answer] }
}

/** Healthy in every respect, but for what is given. */
export function assessmentOf(given: Partial<Assessment>): Assessment {
  const result = given.result ?? 'better'
  const isWell = result === 'better'
  return {
    result,
    enough: isWell,
    targetWell: isWell,
    reasons: [`it is ${result}`],
    measure: { at: 0, own: [], guards: [] },
    ...given,
  }
}

/** The treated are well and the untouched are not, but for what is given. */
export function comparisonOf(given: Partial<Comparison>): Comparison {
  const verdict = given.verdict ?? 'better'
  return {
    verdict,
    treated: { of: 1, well: 1, signals: [] },
    controls: { of: 3, well: 0, signals: [] },
    guards: [],
    chance: 0.25,
    recovered: [],
    reasons: [`it is ${verdict}`],
    ...given,
  }
}
