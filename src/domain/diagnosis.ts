import type { Evidence } from './finding.ts'
import type { ResourceRef } from './resource.ts'

export type Hypothesis = {
  /** A stable word for the kind of cause, such as `dead-instance`. */
  readonly cause: string
  readonly target: ResourceRef
  /** From 0 to 1. */
  readonly confidence: number
  readonly summary: string
  readonly for: readonly Evidence[]
  readonly against: readonly Evidence[]
  /** What a person would do about it, in words. */
  readonly recommendation?: string
  /** What suffers with the target, the nearest first. */
  readonly affected?: readonly ResourceRef[]
  /** The unhealthy targets, deeper down, that explain this one: it is their symptom, and they come first. */
  readonly restsOn?: readonly ResourceRef[]
}

/** Ranked causes, likeliest first, and who depends on what is broken. */
export type Diagnosis = {
  readonly hypotheses: readonly Hypothesis[]
  /** Nearest first. */
  readonly blastRadius: readonly ResourceRef[]
  /** How many dependencies away each of these is; 1 depends directly. */
  readonly distances?: Readonly<Record<string, number>>
}
