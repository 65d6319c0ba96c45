import type { Cause } from '../domain/cause.ts'
import type { Mode } from '../domain/entry.ts'
import type { BudgetNow } from '../domain/error-budget.ts'
import type { FreezeWindow } from '../domain/freeze-window.ts'
import type { Finding } from '../domain/finding.ts'
import type { Hand } from '../domain/hand.ts'
import type { Incident } from '../domain/incident.ts'
import type { Ledger, Pause } from '../domain/ledger.ts'
import type { Measure, Plan, PlanStep } from '../domain/plan.ts'
import type { Limits, Policy } from '../domain/policy.ts'
import type { Approval } from '../domain/proposal.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Ailment, Footing } from '../domain/self.ts'
import type { Topology } from '../domain/topology.ts'
import type { GateAnswer } from '../domain/verdict.ts'
import type { Moment } from '../lib/clock.ts'

/** What gates know of the world, by value: they ask nobody. */
export type World = {
  readonly mode: Mode
  readonly topology: Topology
  readonly policies: ReadonlyMap<string, Policy>
  readonly limits: Limits
  /** Patterns of targets that are never touched. */
  readonly never: readonly string[]
  /** Times in which nothing is begun, as they are declared. */
  readonly freezeWindows: readonly FreezeWindow[]
  /** The kill-switch file: present means pause, content `freeze` means freeze, unreadable means pause. */
  readonly killSwitch: 'absent' | 'pause' | 'freeze' | 'unreadable'
  /** `kintsugi pause`, felt even while the record cannot hold it. */
  readonly pause: Pause | undefined
  /** Somebody else who is at some target, or was lately. */
  readonly hands: readonly Hand[]
  /** What Kintsugi itself stands on. */
  readonly footing: readonly Footing[]
  /** What is wrong with Kintsugi itself; empty while it is well. */
  readonly ailments: readonly Ailment[]
  /** What went wrong of late, symptoms left out. */
  readonly causes: readonly Cause[]
  /** What is left of the error budgets that are declared. */
  readonly budgets: readonly BudgetNow[]
  /** The person who has taken the plan's incident over. */
  readonly takenOver: Incident['takenOver'] | undefined
  /** What is found in the plan's incident, or was last; undefined where nobody knows the incident. */
  readonly found: readonly Finding[] | undefined
  /** The plan's own signals and guards now. */
  readonly measure: Measure
  /** Readiness of single targets as their users' probes see it; absent means nobody sees it. */
  readonly readiness: Pick<ReadonlyMap<ResourceRef, boolean>, 'get'>
}

/**
 * `start`: may the run begin. `apply`: may this step take effect now. `repeat`: may a step that was begun, and may have
 * landed, be done again. `undo`: may this step be taken back now.
 */
export type Purpose = 'start' | 'apply' | 'repeat' | 'undo'

export type GateInput = {
  readonly plan: Plan
  readonly purpose: Purpose
  /** The step that is about to take effect or to be undone; absent at the start. */
  readonly step?: PlanStep
  /** The run that asks, whose own lock and attempt do not stand in its way; absent at the start. */
  readonly run?: string
  /** A person's yes to this plan, at the start of its run or on its record since. */
  readonly approval?: Approval
  readonly ledger: Ledger
  readonly world: World
  readonly now: Moment
}

/** One question with one answer. Pure; what it cannot decide it holds (a throw is taken for a hold). */
export type Gate = {
  readonly name: string
  /** Asked about an undo too: only blindness and the minimum of healthy replicas are. */
  readonly guardsUndo: boolean
  ask(input: GateInput): Omit<GateAnswer, 'gate'>
}

export const ALLOW = (reason: string): Omit<GateAnswer, 'gate'> => ({ answer: 'allow', reason })
