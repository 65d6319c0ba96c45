import type { Diagnosis, Hypothesis } from '../domain/diagnosis.ts'
import type { Elsewhere } from '../domain/finding.ts'
import { isUnusual, onlyUnusual } from '../domain/grounds.ts'
import type { Incident } from '../domain/incident.ts'
import type { Choice, Plan } from '../domain/plan.ts'
import type { Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { ancestors, descendants } from '../domain/topology.ts'
import { FAILING } from './around.ts'
import { candidatesOf, nextOf, PAGE, rejectedOf, type Asking } from './candidates.ts'
import { isOf, policiesFor } from './cover.ts'
import { planOf, type Planning } from './plan.ts'
import { together, type Pick } from './together.ts'

export type Deciding = Asking &
  Planning & {
    readonly diagnosis: Diagnosis
    readonly policies: ReadonlyMap<string, Policy>
    readonly elsewhere: Elsewhere
  }

/** A cause less likely than this is told to people and not acted upon. */
const LEAST_CONFIDENCE = 0.3

/**
 * Chooses the next rung: the lightest remedy of the policies' ladders that applies to the cause and was not yet tried in
 * vain on it in this incident. The likeliest cause for which there is one, together with the same cause on its siblings; a
 * person, when there is none for any. Pure; the answer names every target, value and step, and why not the others.
 */
export function decide(x: Deciding): Choice {
  if (onlyUnusual(x.incident.findings)) return { kind: 'none', reason: noCauseReason(x.incident) }
  const likely = x.diagnosis.hypotheses.filter(({ confidence }) => confidence >= LEAST_CONFIDENCE)
  const choices = likely.map((cause) => chooseFor(cause, x))
  const picks = choices.filter((choice) => choice.kind === 'pick')
  const [first] = picks
  if (first) return { kind: 'plan', plan: planOf(x, first.cause, together(first, picks, x.topology), first.rejected) }
  const others = choices.filter((choice) => choice.kind !== 'pick')
  const none: Choice = { kind: 'none', reason: noCauseReason(x.incident) }
  return others.find(({ kind }) => kind === 'page') ?? others[0] ?? none
}

/** Evidence waits for company. */
const ONLY_A_DETECTOR =
  'only a detector says so; a rule, an objective, a user-side signal or an alert must stand beside it'

function chooseFor(cause: Hypothesis, x: Deciding): Pick | Exclude<Choice, { kind: 'plan' }> {
  const root = waitsFor(cause, x)
  if (root) return { kind: 'none', reason: `waits for ${root}` }
  if (cause.cause === FAILING) return { kind: 'page', reason: `${cause.summary}; what was learned is for a person` }
  const policies = policiesFor(cause, x)
  if (policies.length === 0) return { kind: 'none', reason: `no policy covers ${cause.target}` }
  const ladders = policies.map((policy) => candidatesOf(policy, cause, x))
  const pick = nextOf(ladders)
  const rejected = rejectedOf(ladders, pick)
  const ladder = `${policies.length > 1 ? 'the ladders' : 'the ladder'} of ${namesOf(policies)} for ${cause.target}`
  if (!pick?.proposal.applies) return { kind: 'page', reason: `nothing is left on ${ladder}: ${texts(rejected)}` }
  if (pick.name !== PAGE) return { kind: 'pick', cause, chosen: { ...pick, ...pick.proposal }, rejected }
  const came = policies.length > 1 ? 'have come' : 'has come'
  return { kind: 'page', reason: `${ladder} ${came} to a person: ${texts(rejected)}` }
}

/**
 * What comes before a cause: the root of which it is a symptom, as long as that has an open incident or a likelier cause
 * of its own; or itself, where another incident is about it.
 */
function waitsFor(cause: Hypothesis, x: Deciding): string | undefined {
  const { incident, topology, diagnosis } = x
  const isElsewhere = (ref: ResourceRef): boolean => x.elsewhere(ref).some(({ lead }) => lead === undefined)
  const root = cause.restsOn?.find(
    (ref) =>
      isElsewhere(ref) ||
      diagnosis.hypotheses.some(({ target, confidence }) => target === ref && confidence > cause.confidence),
  )
  if (root) return `${root}, on which ${cause.target} rests`
  if (incident.findings.some(({ target }) => isOf(cause, target, topology))) return undefined
  const line = [cause.target, ...ancestors(topology, cause.target), ...descendants(topology, cause.target)]
  const own = line.find((ref) => isElsewhere(ref) && isOf(cause, ref, topology))
  return own && `${own}, which has an incident of its own`
}

function noCauseReason({ findings: all }: Incident): string {
  const findings = all.filter((finding) => !isUnusual(finding))
  if (findings.length < all.length && findings.length === 0) return ONLY_A_DETECTOR
  const blind = findings.filter(({ state }) => state === 'blind')
  if (blind.length === findings.length) return `blind: ${blind.map(({ summary }) => summary).join('; ')}`
  return 'no engine names a cause likely enough for what is violated'
}

function namesOf(policies: readonly Policy[]): string {
  return policies.map(({ name }) => `'${name}'`).join(' and ')
}

function texts(rejected: Plan['rejected']): string {
  return rejected.map(({ remedy, reason }) => `${remedy}: ${reason}`).join('; ') || 'it is empty'
}
