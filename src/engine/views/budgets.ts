import type { Latch, SpentAttempt } from '../../domain/ledger.ts'
import type { AttemptLimit } from '../../domain/policy.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { BudgetView } from '../../domain/view.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'

/** What is left of the attempts on each owner that has spent any: the tightest of its limits, the tightest owner first. */
export function budgetsOf(
  attempts: readonly SpentAttempt[],
  limits: readonly AttemptLimit[],
  latches: readonly Latch[],
  now: Moment,
): BudgetView[] {
  const latched = new Set(latches.map(({ owner }) => owner))
  const byOwner = Map.groupBy(attempts, ({ owner }) => owner)
  const owners = new Set<ResourceRef>([...byOwner.keys(), ...latched])
  return [...owners]
    .flatMap((owner) => budgetOf(owner, byOwner.get(owner) ?? [], limits, latched.has(owner), now) ?? [])
    .toSorted((a, b) => Number(b.latched) - Number(a.latched) || leftOf(a) - leftOf(b))
}

/** Undefined where nothing is spent any more. */
function budgetOf(
  owner: ResourceRef,
  attempts: readonly SpentAttempt[],
  limits: readonly AttemptLimit[],
  latched: boolean,
  now: Moment,
): BudgetView | undefined {
  const views = limits.map(({ attempts: most, withinMs }): BudgetView => {
    const used = attempts.filter(({ at }) => elapsedMs(at, now) < withinMs).length
    return { owner, used, attempts: most, withinMs, latched }
  })
  const tightest = views.toSorted((a, b) => leftOf(a) - leftOf(b) || b.withinMs - a.withinMs)[0]
  return latched || views.some(({ used }) => used > 0) ? tightest : undefined
}

const leftOf = ({ attempts, used }: BudgetView): number => attempts - used
