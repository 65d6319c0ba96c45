import type { CompareOp, Condition, Expression } from '../../domain/condition/ast.ts'

type Compare = Extract<Condition, { kind: 'compare' }>

/**
 * The comparisons that show what a condition is about. Of an `and` the last that is one, since what comes before it says
 * when to ask (`up == 1 and qps > 10 and latency_ms > 150`); of an `or` all. None where it is about alerts, or negated.
 */
export function plotted(condition: Condition): readonly Compare[] {
  switch (condition.kind) {
    case 'compare':
      return [condition]
    case 'reaches':
      return [
        {
          kind: 'compare',
          op: condition.direction === 'rises' ? '>=' : '<=',
          left: condition.of,
          right: condition.limit,
        },
      ]
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

type Sides = { readonly signal: Expression; readonly op: CompareOp; readonly limit: Expression }

/** A comparison, read from the side that is the signal: the one that is no bare number. */
export function signalSide({ op, left, right }: Compare): Sides {
  if (left.kind !== 'number') return { signal: left, op, limit: right }
  return { signal: right, op: MIRRORED[op], limit: left }
}

const MIRRORED: Readonly<Record<CompareOp, CompareOp>> = {
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
  '==': '==',
  '!=': '!=',
}

/** The condition of the moment, without how long it must hold. */
export function instant(condition: Condition): Condition {
  return condition.kind === 'for' ? instant(condition.of) : condition
}
