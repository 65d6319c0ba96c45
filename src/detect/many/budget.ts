/** How many samples that are no alarm may raise one. */
export type Budget = { readonly perDay: number; readonly intervalMs: number }

/** Says of each score whether it is worth an alarm; NaN never is. */
export type BudgetAlarm = { next(score: number): boolean; save(): readonly number[] }

/** What nobody would mind of one machine. */
export const BUDGET_ALARMS_A_DAY = 2

const DAY_MS = 86_400_000
/** Scores that are remembered; enough to know one in a thousand by. */
const REMEMBERED = 4096

/**
 * Raises a flag where a score is among the highest of those remembered, so high that no more than the budget of samples
 * a day would have been (a conformal p-value against the budget). A thing that has become restless thus asks for more.
 */
export function beginBudget({ perDay, intervalMs }: Budget, saved: readonly number[] = []): BudgetAlarm {
  const ring = new Float64Array(REMEMBERED)
  const sorted = new Float64Array(REMEMBERED)
  const allowed = Math.min(1, (perDay * intervalMs) / DAY_MS)
  let [count, at] = [0, 0]

  const remember = (score: number): void => {
    if (count === REMEMBERED) remove(ring[at] ?? 0)
    const place = placeOf(sorted, count, score)
    sorted.copyWithin(place + 1, place, count)
    sorted[place] = score
    count++
    ring[at] = score
    at = (at + 1) % REMEMBERED
  }
  const remove = (score: number): void => {
    const place = placeOf(sorted, count, score)
    sorted.copyWithin(place, place + 1, count)
    count--
  }
  saved.forEach(remember)

  return {
    next(score) {
      if (Number.isNaN(score)) return false
      const higher = count - placeOf(sorted, count, score)
      const flag = count > 0 && higher < Math.max(1, allowed * count)
      remember(score)
      return flag
    },
    save: () => Array.from({ length: count }, (_, i) => ring[(at - count + i + REMEMBERED) % REMEMBERED] ?? 0),
  }
}

/** Where the first value stands that is not below `score`, among the first `count`. */
function placeOf(sorted: Float64Array, count: number, score: number): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < score) low = middle + 1
    else high = middle
  }
  return low
}
