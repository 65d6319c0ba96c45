import type { Wanted } from '../../config/policy-tests.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Choice } from '../../domain/plan.ts'
import { objections, type Verdict } from '../../domain/verdict.ts'

/** What was decided about one incident at one moment. */
export type Decision = { readonly incident: Incident; readonly choice: Choice; readonly verdict?: Verdict }

/** A decision in words, and its reasons. */
export type Told = { readonly decision: string; readonly reasons: readonly string[] }

/** An expectation that was not met. `was`: every decision that it speaks of; empty where nothing was wrong. */
export type Miss = { readonly atMs: number; readonly expected: string; readonly was: readonly Told[] }

/**
 * How the decisions miss what is wanted; undefined when all that it speaks of come to it. Where it speaks of nothing,
 * that is `none`. Pure.
 */
export function missOf(wanted: Wanted, decisions: readonly Decision[]): Miss | undefined {
  const meant = decisions.filter((decision) => isMeant(wanted, decision))
  const isMet =
    meant.length === 0
      ? wanted.plan === 'none' && wanted.because === undefined
      : meant.every((decision) => meets(wanted, decision))
  return isMet ? undefined : { atMs: wanted.atMs, expected: expectedText(wanted), was: meant.map(told) }
}

function isMeant({ policy, target }: Wanted, { incident: { findings, owner }, choice }: Decision): boolean {
  const plan = choice.kind === 'plan' ? choice.plan : undefined
  const ofPolicy = policy === undefined || findings.some((finding) => finding.policy === policy)
  const ofTarget =
    target === undefined ||
    owner === target ||
    plan?.target === target ||
    findings.some((finding) => finding.target === target)
  return ofPolicy && ofTarget
}

function meets(wanted: Wanted, decision: Decision): boolean {
  const { choice, verdict } = decision
  const { plan, target, gates, because } = wanted
  if (planName(choice) !== plan) return false
  if (choice.kind === 'plan' && target !== undefined && choice.plan.target !== target) return false
  if (wanted.verdict !== undefined && verdict?.answer !== wanted.verdict) return false
  if (gates && !sameNames(gates, objectingTo(verdict))) return false
  return because === undefined || reasonsOf(decision).some((reason) => reason.includes(because))
}

function planName(choice: Choice): string {
  return choice.kind === 'plan' ? choice.plan.remedy : choice.kind
}

function objectingTo(verdict: Verdict | undefined): string[] {
  return verdict ? objections(verdict).map(({ gate }) => gate) : []
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.every((name) => b.includes(name)) && b.every((name) => a.includes(name))
}

function expectedText({ policy, target, plan, verdict, gates, because }: Wanted): string {
  return [
    plan,
    ...(target === undefined ? [] : [` on ${target}`]),
    ...(policy === undefined ? [] : [` for ${policy}`]),
    ...(verdict === undefined ? [] : [`, ${verdict}`]),
    ...(gates ? [`, ${gates.length === 0 ? 'no gate' : gates.join(' and ')} objecting`] : []),
    ...(because === undefined ? [] : [`, because "${because}"`]),
  ].join('')
}

function told(decision: Decision): Told {
  const { choice, verdict, incident } = decision
  const name =
    choice.kind === 'plan' ? `${choice.plan.remedy} on ${choice.plan.target}` : `${choice.kind} for ${incident.owner}`
  return { decision: verdict ? `${name}, ${verdict.answer}` : name, reasons: reasonsOf(decision) }
}

/** What is wrong, what was decided and why not otherwise, and what objects. */
function reasonsOf({ incident, choice, verdict }: Decision): string[] {
  const why =
    choice.kind === 'plan' ? choice.plan.rejected.map(({ remedy, reason }) => `${remedy}: ${reason}`) : [choice.reason]
  const against = verdict ? objections(verdict).map(({ gate, reason }) => `${gate}: ${reason}`) : []
  return [...incident.findings.map(({ policy, summary }) => `${policy}: ${summary}`), ...why, ...against]
}
