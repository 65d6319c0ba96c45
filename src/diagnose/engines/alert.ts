import { isFiring, nameOfAlert } from '../../domain/alert.ts'
import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { unhealthyOf, type Case, type DiagnosisEngine } from '../diagnose.ts'

/** Whoever wrote the rule knows the target, and not its state now: anything that is seen there says more. */
const CONFIDENCE = 0.5
const MOST_NAMED = 5

/** The word of whoever wrote the rule: an alert that fires names its target, where nothing that is seen explains it. */
export const alert: DiagnosisEngine = {
  name: 'alert',
  suggest: (x) => unhealthyOf(x.incident).flatMap((target) => causeOf(target, x)),
}

function causeOf(target: ResourceRef, { alerts, now }: Case): Hypothesis[] {
  const known = alerts?.on(target) ?? []
  const firing = known.filter((one) => isFiring(one, now)).slice(0, MOST_NAMED)
  if (firing.length === 0) return []
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
