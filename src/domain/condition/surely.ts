import { THRESHOLD, type Condition, type Expression } from './ast.ts'
import type { Scope } from './bind.ts'
import { COMPARE } from './evaluate.ts'
import { overTime, valueAt } from './over-time.ts'

/**
 * Whether a condition is seen to be false now: the quick way to the answer that most of them have most of the time,
 * where nothing else is asked (not since when, nor by which evidence). `false` says nothing: then it has to be judged.
 */
export function surelyFalse(condition: Condition, scope: Scope): boolean {
  switch (condition.kind) {
    case 'compare': {
      if (condition.right.kind !== 'number') return false
      const value = seenNow(condition.left, scope)
      return value !== undefined && !COMPARE[condition.op](value, condition.right.value)
    }
    case 'and':
      return surelyFalse(condition.left, scope) || surelyFalse(condition.right, scope)
    case 'or':
      return surelyFalse(condition.left, scope) && surelyFalse(condition.right, scope)
    case 'for':
      // With hysteresis the past may hold it up.
      return condition.until === undefined && surelyFalse(condition.of, scope)
    case 'not':
    case 'reaches':
    case 'alert':
      return false
  }
}

/** The value of a plain metric, or of a function over its past, where one series alone is meant and it is fresh. */
function seenNow(expression: Expression, { windows, target, now, params, aliases }: Scope): number | undefined {
  if (expression.kind !== 'select' && expression.kind !== 'over-time') return undefined
  const { metric, matchers } = expression.kind === 'select' ? expression : expression.of
  if (metric === THRESHOLD || params !== undefined || aliases?.has(metric)) return undefined
  const [only, other] = windows.select(target, metric, matchers)
  if (!only || other) return undefined
  const value = expression.kind === 'select' ? valueAt(only, now) : overTime(expression, only, now)
  return Number.isNaN(value) ? undefined : value
}
