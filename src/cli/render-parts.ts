import type { Diagnosis, Hypothesis } from '../domain/diagnosis.ts'
import type { Evidence, Finding } from '../domain/finding.ts'
import type { Plan } from '../domain/plan.ts'
import type { GateAnswer, Verdict } from '../domain/verdict.ts'
import { objections } from '../domain/verdict.ts'
import { printable, table } from './text.ts'
import { timeText } from './units.ts'

/** Each finding with the values it was judged by. */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap((finding) => [
    `${finding.target}  ${finding.state} since ${timeText(finding.since)}  ${finding.severity}  policy ${finding.policy}`,
    `  ${finding.summary}`,
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
    ...plan.cannotUndo.map((line) => `  cannot be undone: ${line}`),
    ...plan.rejected.map(({ remedy, reason }) => `  not ${remedy}: ${reason}`),
  ]
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
