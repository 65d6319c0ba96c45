import type { Finding } from '../../domain/finding.ts'
import type { DiagnosisEngine } from '../diagnose.ts'

/** Just enough to be acted upon: whatever is really wrong with the same service goes first. */
const CONFIDENCE = 0.3

/** What is foreseen is its own cause; which it is, its policy says. */
export const forecast: DiagnosisEngine = {
  name: 'forecast',
  suggest: ({ incident }) =>
    incident.findings
      .filter(({ lead, state }) => lead === 'forecast' && state === 'violated')
      .map(({ policy, target, summary, evidence }) => ({
        cause: causeOf(policy),
        target,
        confidence: CONFIDENCE,
        summary,
        for: evidence,
        against: [],
      })),
}

/** What the detector of failing disks calls its findings; a policy's are of a limit. */
function causeOf(policy: Finding['policy']): string {
  return policy === 'smart:failing-disk' ? 'disk-failing' : 'limit-ahead'
}
