import type { Status } from '../../../src/domain/operator.ts'
import type { BudgetView, Need, TargetState, TargetView } from '../../../src/domain/view.ts'

/** The states of targets, worst first. */
export const STATES: readonly TargetState[] = ['unwell', 'blind', 'in-repair', 'held', 'well', 'unwatched']

/** What has expired needs nobody any more, though the server may not have said so yet. */
export function stillOpen(needs: readonly Need[], now: number): readonly Need[] {
  return needs.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now)
}

/** The tightest first: latched, then by the share that is used. */
export function budgetsInOrder(budgets: readonly BudgetView[]): readonly BudgetView[] {
  return budgets.toSorted(
    (a, b) => Number(b.latched) - Number(a.latched) || usedShare(b) - usedShare(a) || (a.owner < b.owner ? -1 : 1),
  )
}

/** From 0 to 1. A budget of nothing is used up. */
export function usedShare({ used, attempts }: Pick<BudgetView, 'used' | 'attempts'>): number {
  return attempts > 0 ? Math.min(1, used / attempts) : 1
}

/** How many targets are in each state. */
export function countByState(targets: readonly TargetView[]): Readonly<Record<TargetState, number>> {
  const counts = { well: 0, unwell: 0, blind: 0, 'in-repair': 0, held: 0, unwatched: 0 }
  for (const { state } of targets) counts[state] += 1
  return counts
}

/** What can be said where no need is known, the gravest first: only `calm` claims that all is well. */
export type Calmness = 'old' | 'unwritable' | 'paused' | 'unwatched' | 'blind' | 'calm'

export function calmOf({
  status,
  targets,
  old,
}: {
  readonly status: Pick<Status, 'record' | 'pause' | 'sources'> | undefined
  readonly targets: readonly TargetView[] | undefined
  readonly old: boolean
}): Calmness {
  if (old || !status) return 'old'
  if (!status.record.ok) return 'unwritable'
  if (status.pause) return 'paused'
  if (targets?.length === 0) return 'unwatched'
  return status.sources.every(({ fresh }) => fresh) ? 'calm' : 'blind'
}

/** What is wrong first; then by name, as people count. */
export function targetsInOrder(targets: readonly TargetView[]): readonly TargetView[] {
  const rank = ({ state }: TargetView): number => STATES.indexOf(state)
  return targets.toSorted((a, b) => rank(a) - rank(b) || a.target.localeCompare(b.target, 'en', { numeric: true }))
}
