import { parseCondition } from '../domain/condition/parse.ts'
import { conditionText } from '../domain/condition/text.ts'
import type { Hypothesis } from '../domain/diagnosis.ts'
import type { Incident } from '../domain/incident.ts'
import { successOf, type Answer, type Expectation, type Measure, type Plan } from '../domain/plan.ts'
import type { Guard, Policy } from '../domain/policy.ts'
import { covers, type ResourceRef } from '../domain/resource.ts'
import { ancestors, descendants, durableOwner, type Topology } from '../domain/topology.ts'
import { inWaves } from './canary.ts'
import type { Proposal, Proposing } from './remedy.ts'
import { riskOf } from './risk.ts'

export type Planning = {
  readonly incident: Incident
  readonly policies: ReadonlyMap<string, Policy>
  readonly topology: Topology
  /** What the signals of a plan say now. */
  readonly measure: (watched: {
    readonly owner: ResourceRef
    readonly expectations: readonly Expectation[]
    readonly guards: readonly Guard[]
  }) => Measure
  readonly judge: Proposing['judge']
  readonly planId: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** The remedy that was chosen, as it was proposed. */
export type Chosen = Extract<Proposal, { applies: true }> & {
  readonly policy: Policy
  readonly name: string
  readonly asked: readonly Answer[]
}

/** The plan of one rung. Its owner is that of the cause, also where it acts on what stands in front of it. */
export function planOf(x: Planning, cause: Hypothesis, pick: Chosen, rejected: Plan['rejected']): Plan {
  const { incident, topology } = x
  const { policy, target } = pick
  const owner = durableOwner(topology, cause.target)
  const touched = new Set([target, ...pick.steps.map((step) => step.target)])
  const owners = [...touched, owner].flatMap((ref) => [...(ref === owner ? [ref] : []), ...ancestors(topology, ref)])
  const expectations = [...expectationsOf(owner, x), ...successesOf(pick)]
  const { guards } = policy.verify
  const parent = incident.attempts.at(-1)?.plan
  const before = x.measure({ owner, expectations, guards })
  const { steps, canary } = inWaves(pick.steps, before, policy.verify)
  return {
    id: x.planId,
    incident: incident.id,
    ...(parent !== undefined && { parent }),
    generation: incident.attempts.length + 1,
    at: x.now,
    policy: policy.name,
    remedy: pick.name,
    target,
    owner,
    within: [...new Set(owners)].filter((ref) => !touched.has(ref)),
    sharedFate: [...new Set([...touched].flatMap((ref) => topology.get(ref)?.sharedFate ?? []))],
    steps,
    ...(canary && { canary }),
    cannotUndo: pick.cannotUndo,
    ...(pick.asked.length > 0 && { prerequisites: pick.asked }),
    risk: riskOf({ owner, steps }, { topology, judge: x.judge }),
    severity: incident.severity,
    ...historyOf(incident),
    cooldownMs: policy.cooldownMs,
    verify: { ...policy.verify, expectations, before },
    rejected,
  }
}

/** How such trouble went when nobody did anything; nothing where that is not known. */
function historyOf({ findings, alone, openedAt }: Incident): Pick<Plan, 'history'> {
  const since = Math.min(openedAt, ...findings.map((finding) => finding.since))
  return alone ? { history: { since, alone } } : {}
}

/** What must be well again: everything a policy expects of the durable owner and its parts, and the findings themselves. */
function expectationsOf(owner: ResourceRef, { incident, policies, topology }: Planning): Expectation[] {
  const named = new Set(incident.findings.map(({ policy }) => policy))
  const parts = descendants(topology, owner)
  const refs = new Set([owner, ...parts, ...incident.findings.map(({ target }) => target)])
  return [...policies.values()]
    .filter(({ name }) => named.has(name))
    .flatMap(({ name, target: pattern, condition }) => {
      const among = { pattern, count: parts.filter((ref) => covers(pattern, ref)).length }
      const isPassing = (ref: ResourceRef): boolean => parts.includes(ref) && topology.get(ref)?.durable === false
      return [...refs]
        .filter((ref) => covers(pattern, ref))
        .map((ref) => ({ policy: name, target: ref, condition, ...(isPassing(ref) && { among }) }))
    })
}

/** What the remedy itself must have reached: violated until it has. */
function successesOf({ name, success = [] }: Chosen): Expectation[] {
  return success.map(({ target, condition }) => {
    const unmet = conditionText({ kind: 'not', of: parseCondition(condition) })
    return { policy: successOf(name), target, condition: unmet }
  })
}
