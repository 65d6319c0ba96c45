import type { z } from 'zod'
import { expand, type Aliases } from '../domain/condition/aliases.ts'
import { parseExpression } from '../domain/condition/parse.ts'
import type { ErrorBudget, Guard } from '../domain/policy.ts'
import { judged, list, name, percent, period, quantity, section, text } from './leaves.ts'
import { unique, type Scope } from './scope.ts'
import { readOneTarget } from './targets.ts'

/** An SLO; with a budget, how much may go wrong within a time. Shares are from 0 to 1, times milliseconds. */
export type SloSection = {
  name: string
  target: string
  expr: string
  max: number
  budget?: { objective: number; window: number; spent?: string; keep?: number }
}

const expression = judged('expected an expression', parseExpression)

export const slos: z.ZodType<SloSection[]> = list(
  section({
    name,
    target: text('expected a target'),
    expr: expression,
    max: quantity,
    budget: section({
      objective: percent.refine((share) => share < 1, { error: 'must be less than 100%: that leaves no budget' }),
      window: period,
      spent: expression.exactOptional(),
      keep: percent.exactOptional(),
    }).exactOptional(),
  }),
)

const KEEP = 0.1

export function slosOf(given: readonly SloSection[], aliases: Aliases, scope: Scope): Guard[] {
  unique(['slos'], given, scope)
  return given.flatMap(({ budget, ...slo }, i) => {
    scope.attempt(['slos', i, 'expr'], () => expand(parseExpression(slo.expr), aliases))
    const target = scope.attempt(['slos', i, 'target'], () => readOneTarget(slo.target, scope.meantBy(slo.target)))
    const spent = budget?.spent
    if (spent !== undefined) {
      scope.attempt(['slos', i, 'budget', 'spent'], () => expand(parseExpression(spent), aliases))
    }
    return target === undefined ? [] : [{ ...slo, target, ...(budget && { budget: budgetOf(budget) }) }]
  })
}

function budgetOf({ objective, window, spent, keep = KEEP }: NonNullable<SloSection['budget']>): ErrorBudget {
  return { objective, windowMs: window, keep, ...(spent !== undefined && { spent }) }
}
