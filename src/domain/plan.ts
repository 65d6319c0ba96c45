import type { Json } from '../lib/json.ts'
import type { Reversibility } from './action.ts'
import type { Severity } from './finding.ts'
import type { VerifyRule } from './policy.ts'
import type { ResourceRef } from './resource.ts'
import { related, type Topology } from './topology.ts'

/** One action on one target, with every value named: nothing is looked up at execution. */
export type PlanStep = {
  /** Unique in the plan and stable: journal entries and idempotency keys use it. */
  readonly name: string
  readonly action: string
  readonly target: ResourceRef
  readonly params: Json
  readonly reversibility: Reversibility
  /** Instances that cannot serve while it is done, or once it is; absent: the target. */
  readonly disrupts?: readonly ResourceRef[]
  /** Instances that are left to serve once it is undone; absent: all but those that it disrupts. */
  readonly undoLeaves?: readonly ResourceRef[]
}

/** One of the incident's own signals: the run heals when its condition no longer holds on fresh samples. */
export type Expectation = {
  readonly policy: string
  readonly target: ResourceRef
  readonly condition: string
  /** Of a target that may come back under another name: which parts of the plan's owner it is one of, and how many there were. */
  readonly among?: { readonly pattern: string; readonly count: number }
}

/** The name under which what a remedy must have reached stands among a plan's expectations. */
export function successOf(remedy: string): string {
  return `success of ${remedy}`
}

/** What a remedy asked before it was chosen, by value: whether a condition held, or a number; null where unseen. */
export type Answer = {
  readonly target: ResourceRef
  readonly asked: string
  readonly answer: 'true' | 'false' | 'blind' | number | null
}

/** What one signal said: `violated` as its condition says, or beyond its maximum; `blind` when nobody can see it. */
export type SignalState = {
  /** The policy or guard it belongs to. */
  readonly signal: string
  readonly target: ResourceRef
  /** What it was judged by, where the target itself is gone: what has taken its place. */
  readonly heirs?: readonly ResourceRef[]
  readonly state: 'well' | 'violated' | 'blind'
  /** Epoch milliseconds of the oldest value it was judged by. */
  readonly at: number
  readonly value: number | null
  readonly limit?: number
}

/** What the signals of a plan said at one moment, by value: its own expectations, and the guards. */
export type Measure = {
  readonly at: number
  readonly own: readonly SignalState[]
  readonly guards: readonly SignalState[]
}

/** From 0 to 1 each. `blast`: the share of what serves that is disrupted at once, and of those who depend on it. */
export type Risk = { readonly risk: number; readonly blast: number }

/** A part of a plan that is judged before the next begins: its steps, the sick it treats, and the sick it leaves alone. */
export type Wave = {
  /** Names of steps. */
  readonly steps: readonly string[]
  readonly treats: readonly ResourceRef[]
  /** As sick, and untouched until this wave is judged; empty for the last. */
  readonly controls: readonly ResourceRef[]
}

/** How a plan for many treats one first, then some, then all. */
export type Canary = {
  readonly waves: readonly Wave[]
  /** How long a difference must last without a break. */
  readonly wellForMs: number
  /** What is not decided by then has had no effect. */
  readonly withinMs: number
}

/** An immutable choice: every target, value and step named. */
export type Plan = {
  readonly id: string
  readonly incident: string
  /** The plan before it on the ladder, whose run did not heal. */
  readonly parent?: string
  readonly generation: number
  readonly at: number
  readonly policy: string
  readonly remedy: string
  readonly target: ResourceRef
  /** Budgets and counters are kept on it. */
  readonly owner: ResourceRef
  /** Owners of the target, nearest first: a run on any of them excludes this one, and the other way round. */
  readonly within: readonly ResourceRef[]
  readonly sharedFate: readonly string[]
  readonly steps: readonly PlanStep[]
  /** Where enough targets are sick of the same: in waves, each compared with those that are not treated yet. */
  readonly canary?: Canary
  /** In words, for people: what cannot be taken back. */
  readonly cannotUndo: readonly string[]
  /** What its remedy asked about its prerequisites. */
  readonly prerequisites?: readonly Answer[]
  /** How much of the users' work it may touch, and how surely it can be taken back; their product is weighed by the gate. */
  readonly risk?: Risk
  /** Of the incident, when the plan was made. */
  readonly severity?: Severity
  /** How such trouble went before: since when it is there (epoch milliseconds), and how long it lasted when it passed by itself. */
  readonly history?: { readonly since: number; readonly alone: readonly number[] }
  readonly cooldownMs: number
  readonly verify: VerifyRule & {
    readonly expectations: readonly Expectation[]
    /** The same signals when the plan was made: what "better" and "worse" compare with. */
    readonly before: Measure
  }
  /** The other candidates, and why not. */
  readonly rejected: readonly { readonly remedy: string; readonly reason: string }[]
}

/** The waves of a plan; all steps in one where it has no canary. */
export function wavesOf({ canary, steps }: Pick<Plan, 'canary' | 'steps'>): readonly Wave[] {
  return canary?.waves ?? [{ steps: steps.map(({ name }) => name), treats: [], controls: [] }]
}

/** What a run of the plan locks besides its owners: everything it names, and what that stands on together with others. */
export function lockedBy({ target, steps, sharedFate }: Plan): string[] {
  return [...new Set([target, ...steps.map((step) => step.target), ...sharedFate])]
}

/**
 * The signals that a plan is about: those of its target and lineage; for a pool that stands in front of what is broken,
 * those of its owner; and all, where the owner has none and only its dependents feel it.
 */
export function signalsOf(
  { target, owner }: Pick<Plan, 'target' | 'owner'>,
  own: readonly SignalState[],
  topology: Topology,
): readonly SignalState[] {
  const of = (ref: ResourceRef): SignalState[] =>
    own.filter((signal) => [signal.target, ...(signal.heirs ?? [])].some((one) => related(topology, one, ref)))
  return [of(target), of(owner)].find((signals) => signals.length > 0) ?? own
}

/** What deciding comes to: a plan, a person, or nothing, each with its reason. */
export type Choice =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'page'; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string }
