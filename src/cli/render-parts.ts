import type { Diagnosis, Hypothesis } from '../domain/diagnosis.ts'
import type { Evidence, Finding } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import type { Plan, Risk } from '../domain/plan.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { GateAnswer, Verdict } from '../domain/verdict.ts'
import { objections } from '../domain/verdict.ts'
import { canonical } from '../lib/json.ts'
import { waveLines } from './render-credit.ts'
import { printable, table } from './text.ts'
import { timeText } from './units.ts'

/** Each finding with the values it was judged by. */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap((finding) => [
    `${finding.target}  ${finding.state} since ${timeText(finding.since)}  ${finding.severity}  policy ${finding.policy}`,
    `  ${finding.summary}`,
    ...(finding.dueAt === undefined ? [] : [`  expected at ${timeText(finding.dueAt)}`]),
    ...finding.evidence.map((evidence) => `  ${evidenceText(evidence)} at ${timeText(evidence.at)}`),
  ])
}

/** `up = 0 (limit 1)`; a value that nobody has is `unknown`. */
export function evidenceText({ signal, value, limit, text }: Evidence): string {
  if (text !== undefined) return `${signal}: ${text}`
  return `${signal} = ${value ?? 'unknown'}${limit === undefined ? '' : ` (limit ${limit})`}`
}

/** Causes, likeliest first, each with what speaks for and against it; then who feels it. */
export function causeLines({ hypotheses, blastRadius, distances = {} }: Diagnosis): string[] {
  const causes = hypotheses.flatMap((hypothesis, index) => [
    `${index + 1}. ${hypothesis.cause} on ${hypothesis.target}, ${Math.round(hypothesis.confidence * 100)} %: ${hypothesis.summary}`,
    ...evidenceLines(hypothesis),
    ...adviceLines(hypothesis),
  ])
  const felt = blastRadius.map((ref) => ((distances[ref] ?? 1) > 1 ? `${ref} (${distances[ref]} away)` : ref))
  return felt.length > 0 ? [...causes, `felt by ${felt.join(', ')}`] : causes
}

function evidenceLines(hypothesis: Hypothesis): string[] {
  const lines = (['for', 'against'] as const).map((side) => {
    const evidence = hypothesis[side].map(evidenceText).join(', ')
    return evidence === '' ? [] : [`   ${side} it: ${evidence}`]
  })
  return lines.flat()
}

function adviceLines({ recommendation, affected = [] }: Hypothesis): string[] {
  const advice = recommendation === undefined ? [] : [`   recommended: ${recommendation}`]
  return affected.length > 0 ? [...advice, `   affected: ${affected.join(', ')}`] : advice
}

/** What a plan does, step by step, what cannot be taken back, and what was not chosen. */
export function planLines(plan: Plan): string[] {
  return [
    `${plan.id}: ${plan.remedy} on ${plan.target}, by policy ${plan.policy}, attempt ${plan.generation}`,
    ...plan.steps.map(
      ({ name, action, target, reversibility }) => `  ${name}: ${action} on ${target} (${reversibility})`,
    ),
    ...waveLines(plan.canary),
    ...(plan.risk ? [`  risk times blast radius: ${riskText(plan.risk)}`] : []),
    ...plan.cannotUndo.map((line) => `  cannot be undone: ${line}`),
    ...(plan.prerequisites ?? []).map(
      ({ asked, target, answer }) => `  asked for it: ${asked} on ${target}: ${answer ?? 'not seen'}`,
    ),
    ...plan.rejected.map(({ remedy, reason }) => `  not ${remedy}: ${reason}`),
  ]
}

/** `1 x 0.33 = 0.33` */
export function riskText({ risk, blast }: Risk): string {
  const two = (value: number): string => String(Number(value.toFixed(2)))
  return `${two(risk)} x ${two(blast)} = ${two(risk * blast)}`
}

/** A proposal as whoever has to answer needs it: what it is, what it would find, until when, and how to say yes or no. */
export function proposalLines({ id, plan, preview, proposedAt, expiresAt }: Proposal): string[] {
  return [
    `${id}, proposed ${timeText(proposedAt)}, nobody can approve it from ${timeText(expiresAt)} on`,
    ...planLines(plan),
    ...preview.map(({ step, before }) => `  seen before ${step}: ${canonical(before)}`),
    `yes: kintsugi approve ${id} --reason TEXT`,
    `no:  kintsugi reject ${id} --reason TEXT`,
  ]
}

/** Who has an incident, and how it is given back. */
export function takenOverLines({ id, takenOver }: Incident): string[] {
  if (!takenOver) return []
  const { by, at, reason } = takenOver
  return [`${timeText(at)}  by ${by}: ${reason}`, `give it back: kintsugi release ${id} --reason TEXT`]
}

export function wrongLines({ wrong = [] }: Incident): string[] {
  return wrong.map(({ at, subject, by, reason }) => `${timeText(at)}  ${subject}, by ${by}: ${reason}`)
}

/** The gates that stand in the way, strictest first: what was compared, and what unlocks it. */
export function objectionTable(verdict: Verdict): string {
  const rows = objections(verdict).map((answer) => [
    answer.answer.toUpperCase(),
    answer.gate,
    comparison(answer),
    answer.reason,
    answer.unlocks ?? (answer.person === true ? 'a person' : '-'),
  ])
  return table(['ANSWER', 'GATE', 'VALUE', 'REASON', 'UNLOCKED BY'], rows)
}

/** Every gate's answer, allowing ones too. */
export function verdictTable(verdict: Verdict): string {
  const rows = verdict.answers.map((answer) => [
    answer.answer.toUpperCase(),
    answer.gate,
    comparison(answer),
    answer.reason,
  ])
  return table(['ANSWER', 'GATE', 'VALUE', 'REASON'], rows)
}

function comparison({ value, limit }: GateAnswer): string {
  if (value === undefined) return '-'
  return limit === undefined ? String(value) : `${value} of ${limit}`
}

/** Escapes each line: for lines built from what came from outside. */
export function safe(lines: readonly string[]): string[] {
  return lines.map(printable)
}
