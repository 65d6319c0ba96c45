import type { Condition, Expression } from '../../domain/condition/ast.ts'

type Compare = Extract<Condition, { kind: 'compare' }>

/**
 * The comparisons that show what a condition is about. Of an `and` the last that is one, since what comes before it says
 * when to ask (`up == 1 and qps > 10 and latency_ms > 150`); of an `or` all. None where it is about alerts, or negated.
 */
export function plotted(condition: Condition): readonly Compare[] {
  switch (condition.kind) {
    case 'compare':
      return [condition]
    case 'alert':
    case 'not':
      return []
    case 'for':
      return plotted(condition.of)
    case 'and': {
      const last = plotted(condition.right)
      return last.length > 0 ? last : plotted(condition.left)
    }
    case 'or':
      return [...plotted(condition.left), ...plotted(condition.right)]
  }
}

/** Which side of a comparison is the signal: the one that is no bare number. */
export function signalSide({ left, right }: Compare): { readonly signal: Expression; readonly limit: Expression } {
  return left.kind === 'number' ? { signal: right, limit: left } : { signal: left, limit: right }
}

/** The condition of the moment, without how long it must hold. */
export function instant(condition: Condition): Condition {
  return condition.kind === 'for' ? instant(condition.of) : condition
}
