import { decide, type Deciding } from '../src/decide/decide.ts'
import { REMEDIES } from '../src/decide/registry.ts'
import type { Remedy } from '../src/decide/remedy.ts'
import type { Hypothesis } from '../src/domain/diagnosis.ts'
import type { Finding } from '../src/domain/finding.ts'
import type { Attempt, Incident } from '../src/domain/incident.ts'
import type { Choice, Plan, PlanStep } from '../src/domain/plan.ts'
import type { Policy } from '../src/domain/policy.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import type { Outcome } from '../src/domain/run.ts'
import { POLICY, TOPOLOGY, WEB, WEB_1 } from './gate-world.ts'

export const finding = (target: ResourceRef, more: Partial<Finding> = {}): Finding => ({
  fingerprint: `f ${target}`,
  policy: POLICY.name,
  target,
  state: 'violated',
  since: 0,
  severity: 'high',
  summary: `${target} is down`,
  evidence: [],
  ...more,
})

export const cause = (target: ResourceRef, more: Partial<Hypothesis> = {}): Hypothesis => ({
  cause: 'dead-instance',
  target,
  confidence: 0.9,
  summary: '',
  for: [],
  against: [],
  ...more,
})

export const attempt = (remedy: string, target: ResourceRef, outcome?: Outcome): Attempt => ({
  run: `run-${remedy}`,
  plan: `plan-${remedy}`,
  remedy,
  target,
  ...(outcome && { outcome }),
})

export const step = (target: ResourceRef): PlanStep => ({
  name: `touch ${target}`,
  action: 'touch',
  target,
  params: { target },
  reversibility: 'reversible',
})

/** A remedy that proposes to touch these targets, the cause where none is named. */
export const touching = (name: string, weight: number, ...targets: readonly ResourceRef[]): Remedy => ({
  name,
  weight,
  propose: ({ cause: { target } }) => {
    const all = targets.length > 0 ? targets : [target]
    return { applies: true, target: all[0] ?? target, steps: all.map(step), cannotUndo: [] }
  },
})

export type Change = Partial<
  Pick<Deciding, 'topology' | 'remedies' | 'elsewhere' | 'judge' | 'value' | 'measure'> &
    Pick<Incident, 'attempts' | 'findings'> & {
      readonly hypotheses: readonly Hypothesis[]
      readonly policies: readonly Policy[]
    }
>

/** What is decided about a dead web-1, but for what is changed. */
export function chosen({ attempts = [], findings = [finding(WEB_1)], ...change }: Change = {}): Choice {
  const { hypotheses = [cause(WEB_1)], policies = [POLICY], ...rest } = change
  const incident: Incident = {
    id: 'inc-1',
    owner: WEB,
    openedAt: 0,
    waitingFor: [],
    attempts,
    findings,
    status: 'open',
    severity: 'high',
  }
  return decide({
    incident,
    diagnosis: { hypotheses, blastRadius: [] },
    policies: new Map(policies.map((policy) => [policy.name, policy])),
    remedies: REMEDIES,
    topology: TOPOLOGY,
    elsewhere: () => [],
    judge: () => 'blind',
    value: () => undefined,
    measure: () => ({ at: 7, own: [], guards: [] }),
    planId: 'plan-1',
    now: 7,
    ...rest,
  })
}

export function planOf(change: Change = {}): Plan {
  const choice = chosen(change)
  if (choice.kind !== 'plan') throw new Error(`no plan: ${choice.reason}`)
  return choice.plan
}
