import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { Evidence, Finding } from '../../domain/finding.ts'
import { isStale } from '../../domain/signal.ts'
import type { Case, DiagnosisEngine } from '../diagnose.ts'

/**
 * The dead or deaf instance: what does not answer its probes is dead when its process is gone, deaf when it is there.
 * Without sight of the process it is one of the two.
 */
export const instance: DiagnosisEngine = {
  name: 'instance',
  suggest: (x) =>
    x.incident.findings.filter(({ state }) => state === 'violated').flatMap((finding) => causeOf(finding, x)),
}

function causeOf(finding: Finding, x: Case): Hypothesis[] {
  const probes = latest(finding, 'up', x)
  if (probes?.value !== 0) return []
  const running = latest(finding, 'running', x)
  const base = {
    target: finding.target,
    for: [probes, ...(running ? [running] : [])],
    against: [],
    recommendation: 'restart it',
  }
  if (running?.value === 0) {
    return [{ ...base, cause: 'dead-instance', confidence: 0.95, summary: `${finding.target} is not running` }]
  }
  if (running) {
    return [{ ...base, cause: 'deaf-instance', confidence: 0.9, summary: `${finding.target} runs and does not answer` }]
  }
  return [{ ...base, cause: 'silent-instance', confidence: 0.6, summary: `${finding.target} does not answer` }]
}

/** The newest fresh value of a metric on the finding's target; the worst where several probes report it. */
function latest({ target }: Finding, metric: string, { windows, now }: Case): Evidence | undefined {
  const values = windows
    .select(target, metric)
    .filter((series) => !isStale(series, now))
    .map((series) => ({
      signal: metric,
      value: series.valueAt(series.length - 1),
      at: series.timeAt(series.length - 1),
    }))
  return values.sort((a, b) => a.value - b.value)[0]
}
