import { looksOf, type Sight } from '../assess/measure.ts'
import { allowedBadMs, type BudgetNow } from '../domain/error-budget.ts'
import type { ErrorBudget, Guard } from '../domain/policy.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import type { Engine } from './engine.ts'

type Hour = { seenMs: number; badMs: number }

/** How long each SLO with a budget was seen, and seen to be bad, by the hour; begun anew with each start. */
export type SloBook = { readonly hours: Map<string, Map<number, Hour>>; last?: Moment }

const HOUR_MS = 3_600_000
/** Whoever has not looked for longer has not seen what was between. */
const LONGEST_GAP_MS = 30_000

/** Looks at every SLO whose budget nobody else counts. */
export function watchBudgets(engine: Engine, sight: Sight): void {
  const { budgets, ports } = engine
  const now = ports.clock.moment()
  const { last } = budgets
  budgets.last = now
  const passedMs = last ? elapsedMs(last, now) : 0
  if (passedMs === 0 || passedMs > LONGEST_GAP_MS) return
  for (const slo of budgeted(engine))
    if (slo.budget.spent === undefined) look(engine.budgets, slo, { passedMs, now, sight })
}

type Look = { readonly passedMs: number; readonly now: Moment; readonly sight: Sight }

function look(book: SloBook, slo: Budgeted, { passedMs, now, sight }: Look): void {
  const value = looksOf(sight).value(slo.expr, slo.target)
  if (value === undefined) return
  const hours = book.hours.get(slo.name) ?? new Map<number, Hour>()
  book.hours.set(slo.name, hours)
  const at = Math.floor(now.wallMs / HOUR_MS)
  const hour = hours.get(at) ?? { seenMs: 0, badMs: 0 }
  hours.set(at, { seenMs: hour.seenMs + passedMs, badMs: hour.badMs + (value > slo.max ? passedMs : 0) })
  for (const old of hours.keys()) if ((at - old) * HOUR_MS > slo.budget.windowMs) hours.delete(old)
}

/** What is left of each budget, as far as anybody can say. */
export function budgetsNow(engine: Pick<Engine, 'settings' | 'budgets'>, sight: Sight): BudgetNow[] {
  return budgeted(engine).map((slo) => {
    const { name, target, budget } = slo
    const known = { slo: name, target, budget }
    if (budget.spent === undefined) return { ...known, ...seenOf(engine, slo) }
    const spent = looksOf(sight).value(budget.spent, target)
    return { ...known, ...(spent !== undefined && { spent }) }
  })
}

/** What was seen says how much is spent at least; it says so only once that is something. */
function seenOf({ budgets }: Pick<Engine, 'budgets'>, { name, budget }: Budgeted): Pick<BudgetNow, 'spent' | 'seenMs'> {
  const hours = [...(budgets.hours.get(name)?.values() ?? [])]
  const badMs = hours.reduce((sum, hour) => sum + hour.badMs, 0)
  const seenMs = hours.reduce((sum, hour) => sum + hour.seenMs, 0)
  return badMs === 0 ? {} : { spent: badMs / allowedBadMs(budget), seenMs }
}

type Budgeted = Guard & { readonly budget: ErrorBudget }

function budgeted({ settings }: Pick<Engine, 'settings'>): readonly Budgeted[] {
  return (settings.slos ?? []).filter((slo): slo is Budgeted => slo.budget !== undefined)
}
