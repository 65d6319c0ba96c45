import { isFiring, nameOfAlert } from '../../domain/alert.ts'
import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Case, DiagnosisEngine } from '../diagnose.ts'

/** Whoever wrote the rule knows the target, and not its state now: anything that is seen there says more. */
const CONFIDENCE = 0.5

/** The word of whoever wrote the rule: an alert that a finding stands on names its target, where nothing seen explains it. */
export const alert: DiagnosisEngine = {
  name: 'alert',
  suggest: (x) =>
    x.incident.findings.filter(({ state }) => state === 'violated').flatMap((finding) => causeOf(finding, x)),
}

function causeOf({ target, evidence }: Finding, { alerts, now }: Case): Hypothesis[] {
  const known = alerts?.on(target) ?? []
  const read = new Set(evidence.map(({ signal }) => signal))
  const firing = known.filter((one) => isFiring(one, now))
  // The alert that it began with may have given way to another.
  if (firing.length === 0 || !known.some((one) => read.has(nameOfAlert(one)))) return []
  const names = [...new Set(firing.map(({ labels }) => labels['alertname'] ?? 'an alert without a name'))]
  return [
    {
      cause: 'named-by-alert',
      target,
      confidence: CONFIDENCE,
      summary: `${names.join(', ')} names ${target}`,
      for: firing.map((one) => ({ signal: nameOfAlert(one), value: 1, at: now })),
      against: [],
      recommendation: 'see what the rule of the alert watches',
    },
  ]
}
