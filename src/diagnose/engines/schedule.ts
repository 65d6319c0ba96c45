import type { DiagnosisEngine } from '../diagnose.ts'

/** Just enough to be acted upon: whatever is really wrong with the same service goes first. */
const CONFIDENCE = 0.3

/** What is due by a schedule needs no other cause. */
export const schedule: DiagnosisEngine = {
  name: 'schedule',
  suggest: ({ incident }) =>
    incident.findings
      .filter(({ lead, state }) => lead === 'schedule' && state === 'violated')
      .map(({ target, summary, evidence }) => ({
        cause: 'maintenance-due',
        target,
        confidence: CONFIDENCE,
        summary,
        for: evidence,
        against: [],
      })),
}
