import type { Diagnosis, Hypothesis } from '../domain/diagnosis.ts'
import type { Incident } from '../domain/incident.ts'
import type { Windows } from '../domain/signal.ts'
import { dependents, descendants, type Topology } from '../domain/topology.ts'

export type Case = {
  readonly incident: Incident
  readonly topology: Topology
  readonly windows: Windows
  /** Epoch milliseconds. */
  readonly now: number
}

/** One way of finding causes; pure, and silent where it has nothing to say. */
export type DiagnosisEngine = { readonly name: string; suggest(x: Case): readonly Hypothesis[] }

/** Asks every engine; the likeliest cause first, then by name so that equals keep their order. */
export function diagnose(engines: readonly DiagnosisEngine[], x: Case): Diagnosis {
  const hypotheses = engines
    .flatMap((engine) => engine.suggest(x))
    .sort((a, b) => b.confidence - a.confidence || byName(a.target, b.target))
  const hurt = [x.incident.owner, ...descendants(x.topology, x.incident.owner)]
  const blastRadius = [...new Set(hurt.flatMap((ref) => dependents(x.topology, ref)))]
  return { hypotheses, blastRadius }
}

/** By code point: the same order under every locale, so that a decision can be derived again elsewhere. */
function byName(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Whether two diagnoses name the same causes in the same order: newer evidence alone is no news. */
export function sameDiagnosis(a: Diagnosis | undefined, b: Diagnosis): boolean {
  const key = ({ hypotheses }: Diagnosis): string => hypotheses.map(({ cause, target }) => `${cause} ${target}`).join()
  return a !== undefined && key(a) === key(b)
}
