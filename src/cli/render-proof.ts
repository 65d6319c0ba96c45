import type { Entry } from '../domain/entry.ts'
import { objectionsText, type Verdict } from '../domain/verdict.ts'
import type { Line } from '../engine/proof/account.ts'
import type { Derivation } from '../engine/proof/prove.ts'
import type { Proof } from './deps.ts'
import { summaryOf } from './render-entry.ts'
import { printable } from './text.ts'
import { timeText } from './units.ts'

/** An account of what was known, decided, done and judged, each decision with what deriving it again came to. */
export function proofText(proof: Proof): string {
  const { account, problem, subject } = proof
  const lines = (account?.lines ?? []).filter(({ entry }) => entry.kind !== 'charted')
  return [
    printable(subject),
    ...chainText(proof),
    ...lines.flatMap(lineText),
    ...(problem === undefined ? [] : [`  cannot be told: ${printable(problem)}`]),
    '',
    summaryText(proof),
    ...versionText(proof),
  ].join('\n')
}

function chainText({ chain }: Proof): string[] {
  if (chain.ok) return [`  ✓ the chain holds: ${chain.entries} entries, head ${chain.head}`, '']
  return [
    '  ✗ the record is broken: do not trust what it says after the first of these',
    ...chain.problems.map((one) => `      ${printable(one)}`),
    '',
  ]
}

function lineText({ entry, derived }: Line): string[] {
  const head = `  ${timeText(entry.at.wallMs)}  ${String(entry.seq).padStart(6)}  ${entry.kind}`
  const gates = verdictOf(entry)
  return [
    `${head}: ${printable(summaryOf(entry))}`,
    ...(gates ? [`      ${printable(gatesText(gates))}`] : []),
    ...derived.flatMap(derivedText),
  ]
}

function verdictOf({ body }: Entry): Verdict | undefined {
  if (body?.kind === 'proposed') return body.proposal.verdict
  return body && 'verdict' in body ? body.verdict : undefined
}

function gatesText(verdict: Verdict): string {
  if (verdict.answer !== 'allow') return `${verdict.answer}: ${objectionsText(verdict)}`
  return `allowed by ${verdict.answers.length} gates: ${verdict.answers.map(({ gate }) => gate).join(', ')}`
}

function derivedText({ decision, result, problems }: Derivation): string[] {
  if (result === 'same') return [`      ✓ ${decision} derived again: same`]
  const word = result === 'missing' ? 'cannot be derived again' : 'derived again: DIFFERENT'
  return [`      ✗ ${decision} ${word}`, ...problems.map((one) => `          ${printable(one)}`)]
}

function summaryText({ account, chain, proven }: Proof): string {
  const derived = account?.lines.flatMap((line) => line.derived) ?? []
  if (proven) return `PROVEN: ${derived.length} decisions derived again, all the same`
  const count = (result: Derivation['result']): number => derived.filter((one) => one.result === result).length
  const reasons = [
    ...(chain.ok ? [] : ['the chain does not hold']),
    ...(count('differs') > 0 ? [`${count('differs')} decisions differ`] : []),
    ...(count('missing') > 0 ? [`of ${count('missing')} the record does not hold what was read`] : []),
    ...(derived.length === 0 ? ['no decision stands in it'] : []),
  ]
  return `NOT PROVEN: ${reasons.join(', ')}; ${count('same')} decisions derived again, the same`
}

/** Another version may decide otherwise, and rightly so. */
function versionText({ account, version }: Proof): string[] {
  const others = (account?.versions ?? []).filter((one) => one !== version)
  return others.length === 0 ? [] : [`derived with ${version}, decided with ${others.join(', ')}`]
}
