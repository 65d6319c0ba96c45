import type { z } from 'zod'
import type { Hypothesis } from '../domain/diagnosis.ts'
import type { PlanStep } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Topology } from '../domain/topology.ts'
import type { Json } from '../lib/json.ts'

/** What a remedy would do about a cause: every target and value named, or why it does not apply. */
export type Proposal =
  | {
      readonly applies: true
      readonly target: ResourceRef
      readonly steps: readonly PlanStep[]
      /** In words: what cannot be taken back. */
      readonly cannotUndo: readonly string[]
      /** What must be so in the end, beside the incident's own signals: conditions that are false until it is. */
      readonly success?: readonly { readonly target: ResourceRef; readonly condition: string }[]
    }
  | { readonly applies: false; readonly reason: string }

/** What a remedy may look at. */
export type Proposing = {
  readonly cause: Hypothesis
  readonly topology: Topology
  /** What the policy sets for this remedy, as `settings` of the remedy reads it; null where it sets nothing. */
  readonly settings: Json
  /** Whether a condition holds on a target now. `blind` is neither. */
  readonly judge: (condition: string, target: ResourceRef) => 'true' | 'false' | 'blind'
  /** What an expression is on a target now; undefined where nobody can see it. */
  readonly value: (expression: string, target: ResourceRef) => number | undefined
}

/** A named recipe. Pure: it names steps and does nothing. */
export type Remedy = {
  readonly name: string
  /** Light to heavy, by what share of users it can touch (1 one cache, 100 a person): the order of several candidates. */
  readonly weight: number
  /** The action that its steps take, where it has another name. */
  readonly action?: string
  /** What a policy may set for it; absent: nothing. */
  readonly settings?: z.ZodType<Json>
  propose(x: Proposing): Proposal
}
