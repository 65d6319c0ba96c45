import type { Finding } from './finding.ts'
import type { Incident } from './incident.ts'

/**
 * Whether nothing but a detector says that something is wrong: no rule, objective, users' signal or alert stands beside
 * it. What nobody can see stands for nothing. False where no detector says so either.
 */
export function onlyUnusual(findings: readonly Finding[]): boolean {
  return findings.some(isUnusual) && !findings.some((one) => one.state === 'violated' && !isUnusual(one))
}

export function isUnusual({ lead }: Pick<Finding, 'lead'>): boolean {
  return lead === 'unusual'
}

/** What is found of an incident, or was when something was found last. */
export function lastFound({ findings, quiet }: Pick<Incident, 'findings' | 'quiet'>): readonly Finding[] {
  return findings.length === 0 && quiet ? quiet.findings : findings
}

/** An incident of which nothing is found but what a detector holds to be unusual. */
export function isSuspicion(incident: Pick<Incident, 'findings' | 'quiet'>): boolean {
  const found = lastFound(incident)
  return found.length > 0 && found.every(isUnusual)
}
