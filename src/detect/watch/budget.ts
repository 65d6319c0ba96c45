/** How many alarms that turn out to be nothing may be raised a day, by everything that is watched together. */
export type FalseAlarms = { readonly perDay: number }

/** One budget for everything: what each judge must ask for, so that all of them together stay within it. */
export type Budget = {
  /** Evidence that one of so many judges must have beyond what a tenth of a false alarm a day asks of one alone. */
  asks(atMs: number, judges: number): number
  /** Somebody was alarmed. What comes soon after is of the same. */
  spend(atMs: number): void
  save(): BudgetState
}

export type BudgetState = { readonly spent: number; readonly at: number | null; readonly last: number | null }

/** The alarm decision of one series is measured at this many false alarms a day. */
const MEASURED_PER_DAY = 0.1
const DAY_MS = 86_400_000
/** What is raised within this time of something else is of the same. */
const SAME_MS = 600_000
/** Beyond the budget each further alarm of a day asks for so much more, up to so much. */
const OVERSPENT = 0.25
const MOST = 1.5

export function createBudget({ perDay }: FalseAlarms, saved?: BudgetState): Budget {
  let { spent, at, last } = saved ?? { spent: 0, at: null, last: null }
  const left = (atMs: number): number => spent * Math.exp(-Math.max(0, atMs - (at ?? atMs)) / DAY_MS)
  return {
    asks: (atMs, judges) => {
      // Half of evidence is the logarithm of rarity.
      const share = Math.log10((MEASURED_PER_DAY * Math.max(1, judges)) / perDay) / 2
      return share + Math.min(MOST, OVERSPENT * Math.max(0, left(atMs) / perDay - 1))
    },
    spend: (atMs) => {
      const isSame = last !== null && atMs - last < SAME_MS
      last = atMs
      if (isSame) return
      spent = left(atMs) + 1
      at = atMs
    },
    save: () => ({ spent, at, last }),
  }
}
