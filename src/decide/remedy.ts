import type { Hypothesis } from '../domain/diagnosis.ts'
import type { PlanStep } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Topology } from '../domain/topology.ts'

/** What a remedy would do about a cause: every target and value named, or why it does not apply. */
export type Proposal =
  | {
      readonly applies: true
      readonly target: ResourceRef
      readonly steps: readonly PlanStep[]
      /** In words: what cannot be taken back. */
      readonly cannotUndo: readonly string[]
    }
  | { readonly applies: false; readonly reason: string }

/** A named recipe. Pure: it names steps and does nothing. */
export type Remedy = {
  readonly name: string
  propose(x: { readonly cause: Hypothesis; readonly topology: Topology }): Proposal
}
