import type { ResourceRef } from './resource.ts'

export type Severity = 'critical' | 'high' | 'warning' | 'info'

/** One value that a decision read, kept by value so that the decision can be derived again. `at` is epoch milliseconds. */
export type Evidence = {
  readonly signal: string
  readonly value: number | null
  readonly limit?: number
  readonly at: number
  /** What somebody else wrote, such as a log line: plain, short, to be shown and never to be read by a program. */
  readonly text?: string
}

/**
 * An expectation violated since `since` on a target, or one that nobody can judge any more (`blind`). The fingerprint
 * is the same for the same expectation on the same target for ever.
 */
export type Finding = {
  readonly fingerprint: string
  /** The policy whose expectation it is. */
  readonly policy: string
  readonly target: ResourceRef
  readonly state: 'violated' | 'blind'
  readonly since: number
  readonly severity: Severity
  readonly summary: string
  readonly evidence: readonly Evidence[]
  /**
   * Nothing is broken yet: it is due by a schedule since `since`; it is foreseen; or it is merely unusual, which is
   * evidence beside other findings and alone a reason for nothing.
   */
  readonly lead?: 'schedule' | 'forecast' | 'unusual'
  /** When what is foreseen is expected to come, in epoch milliseconds. */
  readonly dueAt?: number
}

/** What is seen to be wrong on a target by the findings of other open incidents; empty for nothing. */
export type Elsewhere = (target: ResourceRef) => readonly Finding[]

/** Looks findings up by their target, those that are violated. */
export function violatedOn(findings: Iterable<Finding>): Elsewhere {
  const violated = Map.groupBy(findings, ({ target, state }) => (state === 'violated' ? target : undefined))
  return (target) => violated.get(target) ?? []
}
