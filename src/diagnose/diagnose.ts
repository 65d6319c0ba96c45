import type { Alerts } from '../domain/alert.ts'
import type { Diagnosis, Hypothesis } from '../domain/diagnosis.ts'
import type { Elsewhere, Finding } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { LogLine, Windows } from '../domain/signal.ts'
import { descendants, distancesFrom, type Topology } from '../domain/topology.ts'

export type Case = {
  readonly incident: Incident
  /** The findings of the other open incidents: a cause may lie outside this one. */
  readonly elsewhere?: Elsewhere
  readonly topology: Topology
  readonly windows: Windows
  readonly aliases?: ReadonlyMap<string, string>
  readonly alerts?: Alerts
  /** The newest error lines of a target's log. */
  readonly logs?: (target: ResourceRef) => readonly LogLine[]
  /** Epoch milliseconds. */
  readonly now: number
}

/** One way of finding causes; pure, and silent where it has nothing to say. */
export type DiagnosisEngine = {
  readonly name: string
  suggest(x: Case): readonly Hypothesis[]
  /** What it has to say about what all engines suggest: the same hypotheses, with more for or against them. */
  weigh?(said: readonly Hypothesis[], x: Case): readonly Hypothesis[]
}

/** Asks every engine; the likeliest cause first, then by name so that equals keep their order. Each is named once. */
export function diagnose(engines: readonly DiagnosisEngine[], x: Case): Diagnosis {
  const said: readonly Hypothesis[] = engines.flatMap((engine) => engine.suggest(x))
  const ranked = engines
    .reduce((all, engine) => engine.weigh?.(all, x) ?? all, said)
    .toSorted((a, b) => b.confidence - a.confidence || byName(a.target, b.target) || byName(a.cause, b.cause))
  const hypotheses = ranked.filter((one, i) => ranked.findIndex((other) => keyOf(other) === keyOf(one)) === i)
  const hurt = [x.incident.owner, ...descendants(x.topology, x.incident.owner)]
  const distances = distancesFrom(x.topology, hurt)
  return { hypotheses, blastRadius: [...distances.keys()], distances: Object.fromEntries(distances) }
}

/** The targets of an incident on which something is seen to be wrong, each once. What is not seen says nothing. */
export function unhealthyOf({ findings }: Pick<Incident, 'findings'>): ResourceRef[] {
  return [...new Set(findings.filter(isIll).map(({ target }) => target))]
}

/** Something is seen to be wrong now: what is only due, or expected, is not. */
export function isIll({ state, lead }: Finding): boolean {
  return state === 'violated' && lead === undefined
}

/** By code point: the same order under every locale, so that a decision can be derived again elsewhere. */
function byName(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Whether two diagnoses name the same causes in the same order: newer evidence alone is no news. */
export function sameDiagnosis(a: Diagnosis | undefined, b: Diagnosis): boolean {
  const key = ({ hypotheses }: Diagnosis): string => hypotheses.map(keyOf).join()
  return a !== undefined && key(a) === key(b)
}

function keyOf({ cause, target }: Hypothesis): string {
  return `${cause} ${target}`
}
