import type { ErrorBudget } from './policy.ts'
import type { ResourceRef } from './resource.ts'

/** What is known of an error budget now. */
export type BudgetNow = {
  readonly slo: string
  readonly target: ResourceRef
  readonly budget: ErrorBudget
  /** The share that is spent: 1 is all of it, and it can be more. Absent: nobody can say. */
  readonly spent?: number
  /** How long Kintsugi itself has looked, in milliseconds: `spent` is then what it saw, and so much at least. */
  readonly seenMs?: number
}

/** How long the service may be bad within the window, in milliseconds. */
export function allowedBadMs({ objective, windowMs }: ErrorBudget): number {
  return (1 - objective) * windowMs
}
