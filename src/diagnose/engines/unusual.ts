import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { Finding } from '../../domain/finding.ts'
import { isUnusual } from '../../domain/grounds.ts'
import type { Case, DiagnosisEngine } from '../diagnose.ts'

/** Less likely causes stay so: what a detector says lifts nothing to where it would be acted upon. */
const LIKELY = 0.3
/** The share of the doubt that is left which something unusual on the very target takes away. */
const WEIGHT = 0.1

/** Something unusual on the target of a cause, by the word of a detector, makes a likely cause a little likelier. */
export const unusual: DiagnosisEngine = {
  name: 'unusual',
  suggest: () => [],
  weigh: (said, x) => said.map((one) => weighed(one, x)),
}

function weighed(one: Hypothesis, { incident, elsewhere }: Case): Hypothesis {
  const found: readonly Finding[] = [...incident.findings, ...(elsewhere?.(one.target) ?? [])]
  const own = found.filter((finding) => isUnusual(finding) && finding.target === one.target)
  const evidence = own.flatMap((finding) => finding.evidence)
  if (evidence.length === 0 || one.confidence < LIKELY) return one
  const confidence = one.confidence + WEIGHT * (1 - one.confidence)
  return { ...one, confidence, for: [...one.for, ...evidence] }
}
