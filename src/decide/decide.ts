import type { Diagnosis, Hypothesis } from '../domain/diagnosis.ts'
import type { Incident } from '../domain/incident.ts'
import type { Choice, Expectation, Measure, Plan } from '../domain/plan.ts'
import type { Guard, Policy } from '../domain/policy.ts'
import type { Outcome } from '../domain/run.ts'
import { covers, type ResourceRef } from '../domain/resource.ts'
import { ancestors, descendants, durableOwner, type Topology } from '../domain/topology.ts'
import type { Proposal, Remedy } from './remedy.ts'

export type Deciding = {
  readonly incident: Incident
  readonly diagnosis: Diagnosis
  readonly policies: ReadonlyMap<string, Policy>
  readonly remedies: readonly Remedy[]
  readonly topology: Topology
  /** What the signals of a plan say now. */
  readonly measure: (watched: {
    owner: ResourceRef
    expectations: readonly Expectation[]
    guards: readonly Guard[]
  }) => Measure
  readonly planId: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** A cause less likely than this is told to people and not acted upon. */
const LEAST_CONFIDENCE = 0.3

/**
 * Chooses the next rung: the lightest remedy of the policy's ladder that applies to the cause and was not yet tried in
 * vain on it in this incident. The likeliest cause for which there is one; a person, when there is none for any. Pure; the
 * answer names every target, value and step, and why not the others.
 */
export function decide(x: Deciding): Choice {
  const likely = x.diagnosis.hypotheses.filter(({ confidence }) => confidence >= LEAST_CONFIDENCE)
  const choices = likely.map((cause) => chooseFor(cause, x))
  const byKind = (kind: Choice['kind']): Choice | undefined => choices.find((choice) => choice.kind === kind)
  return byKind('plan') ?? byKind('page') ?? choices[0] ?? { kind: 'none', reason: noCauseReason(x.incident) }
}

function chooseFor(cause: Hypothesis, x: Deciding): Choice {
  const policy = policyFor(cause, x)
  if (!policy) return { kind: 'none', reason: `no policy covers ${cause.target}` }
  const candidates = policy.ladder.map((name) => ({ name, ...candidate(name, cause, x) }))
  const chosen = candidates.findIndex((one) => one.applies)
  const pick = candidates[chosen]
  const rejected = candidates.flatMap((one, rung) => {
    if (rung === chosen) return []
    return [{ remedy: one.name, reason: one.applies ? `heavier than ${pick?.name}` : one.reason }]
  })
  const ladder = `the ladder of '${policy.name}' for ${cause.target}`
  if (!pick?.applies) return { kind: 'page', reason: `nothing is left on ${ladder}: ${texts(rejected)}` }
  if (pick.name === 'page') return { kind: 'page', reason: `${ladder} has come to a person: ${texts(rejected)}` }
  return { kind: 'plan', plan: planOf(x, policy, pick, rejected) }
}

function noCauseReason({ findings }: Incident): string {
  const blind = findings.filter(({ state }) => state === 'blind')
  if (blind.length === findings.length) return `blind: ${blind.map(({ summary }) => summary).join('; ')}`
  return 'no engine names a cause likely enough for what is violated'
}

/** The policy whose expectation the cause explains: that of the finding on its target. */
function policyFor(cause: Hypothesis, { incident, policies }: Deciding): Policy | undefined {
  const finding = incident.findings.find(({ target, state }) => target === cause.target && state === 'violated')
  return finding && policies.get(finding.policy)
}

/** Outcomes that say "this did not do it": the same remedy on the same target is not tried again in this incident. */
const IN_VAIN: ReadonlySet<Outcome> = new Set(['helped', 'rolled-back', 'spent', 'stuck'])

function candidate(name: string, cause: Hypothesis, x: Deciding): Proposal {
  if (name === 'page') return { applies: true, target: cause.target, steps: [], cannotUndo: [] }
  const remedy = x.remedies.find((one) => one.name === name)
  if (!remedy) return { applies: false, reason: 'there is no such remedy' }
  const proposal = remedy.propose({
    cause,
    topology: x.topology,
    settings: null,
    judge: () => 'blind',
    value: () => undefined,
  })
  if (!proposal.applies) return proposal
  const tried = x.incident.attempts.find(
    ({ remedy, target, outcome }) =>
      remedy === name && target === proposal.target && outcome !== undefined && IN_VAIN.has(outcome),
  )
  return tried ? { applies: false, reason: `tried in ${tried.run}: ${tried.outcome}` } : proposal
}

function planOf(
  x: Deciding,
  policy: Policy,
  pick: Extract<Proposal, { applies: true }> & { readonly name: string },
  rejected: Plan['rejected'],
): Plan {
  const { incident, topology } = x
  const owner = durableOwner(topology, pick.target)
  const expectations = expectationsOf(owner, x)
  const { guards } = policy.verify
  const parent = incident.attempts.at(-1)?.plan
  const touched = [pick.target, ...pick.steps.map(({ target }) => target)]
  return {
    id: x.planId,
    incident: incident.id,
    ...(parent !== undefined && { parent }),
    generation: incident.attempts.length + 1,
    at: x.now,
    policy: policy.name,
    remedy: pick.name,
    target: pick.target,
    owner,
    within: ancestors(topology, pick.target),
    sharedFate: [...new Set(touched.flatMap((ref) => topology.get(ref)?.sharedFate ?? []))],
    steps: pick.steps,
    cannotUndo: pick.cannotUndo,
    cooldownMs: policy.cooldownMs,
    verify: { ...policy.verify, expectations, before: x.measure({ owner, expectations, guards }) },
    rejected,
  }
}

/** What must be well again: everything a policy expects of the durable owner and its parts, and the findings themselves. */
function expectationsOf(owner: ResourceRef, { incident, policies, topology }: Deciding): Expectation[] {
  const named = new Set(incident.findings.map(({ policy }) => policy))
  const refs = new Set([owner, ...descendants(topology, owner), ...incident.findings.map(({ target }) => target)])
  return [...policies.values()]
    .filter(({ name }) => named.has(name))
    .flatMap(({ name, target, condition }) =>
      [...refs].filter((ref) => covers(target, ref)).map((ref) => ({ policy: name, target: ref, condition })),
    )
}

function texts(rejected: Plan['rejected']): string {
  return rejected.map(({ remedy, reason }) => `${remedy}: ${reason}`).join('; ') || 'it is empty'
}
