import { UsageError } from '../errors.ts'
import { isCondition, type Condition, type Expression, type OverTime, type Selector } from './ast.ts'
import { conditionText } from './text.ts'
import { parseExpression } from './parse.ts'

/** Names that stand for expressions, such as `health_check_failed` for `1 - up`. */
export type Aliases = ReadonlyMap<string, string>

// A configuration's aliases are one map for its whole life: each text is read once.
const parsed = new WeakMap<Aliases, Map<string, Expression>>()

/** The expression an alias stands for; undefined where the name is none. Throws UsageError on a text that cannot be read. */
export function aliasOf(aliases: Aliases | undefined, name: string): Expression | undefined {
  const text = aliases?.get(name)
  if (aliases === undefined || text === undefined) return undefined
  const known = parsed.get(aliases) ?? new Map<string, Expression>()
  parsed.set(aliases, known)
  const expression = known.get(name) ?? parseExpression(text)
  known.set(name, expression)
  return expression
}

/**
 * Replaces every alias in an expression by what it stands for. Tests and ranges on an alias are carried over where it
 * stands for a metric. Throws {@link UsageError} on aliases that lead back to themselves, and on a range or a test on an
 * alias that stands for more than a metric.
 */
export function expand(expression: Expression, aliases: Aliases | undefined, path: readonly string[] = []): Expression {
  if (aliases === undefined || aliases.size === 0) return expression
  switch (expression.kind) {
    case 'number':
    case 'time':
      return expression
    case 'select':
      return expandSelector(expression, aliases, path)
    case 'over-time':
      return expandOverTime(expression, aliases, path)
    case 'across': {
      const of = expression.of.kind === 'select' ? expression.of : expandOverTime(expression.of, aliases, path)
      const inner = of.kind === 'select' ? expand(of, aliases, path) : of
      if (inner.kind === 'select' || inner.kind === 'over-time') return { ...expression, of: inner }
      throw notAMetric(conditionText(expression), conditionText(inner))
    }
    case 'arithmetic':
      return {
        ...expression,
        left: expand(expression.left, aliases, path),
        right: expand(expression.right, aliases, path),
      }
  }
}

/** Replaces every alias in a condition. Throws as {@link expand} does. */
export function expandCondition(condition: Condition, aliases: Aliases | undefined): Condition {
  switch (condition.kind) {
    case 'compare':
      return { ...condition, left: expand(condition.left, aliases), right: expand(condition.right, aliases) }
    case 'reaches':
      return { ...condition, of: expand(condition.of, aliases), limit: expand(condition.limit, aliases) }
    case 'alert':
      return condition
    case 'for': {
      const until = condition.until && expandCondition(condition.until, aliases)
      return { ...condition, of: expandCondition(condition.of, aliases), ...(until && { until }) }
    }
    case 'not':
      return { ...condition, of: expandCondition(condition.of, aliases) }
    case 'and':
    case 'or':
      return {
        ...condition,
        left: expandCondition(condition.left, aliases),
        right: expandCondition(condition.right, aliases),
      }
  }
}

/**
 * What is read when it is judged: its aliases in place, for asking how far it looks back. Never throws: what cannot be
 * resolved comes back as it is, since judging it is blind anyway.
 */
export function resolved(node: Condition | Expression, aliases: Aliases | undefined): Condition | Expression {
  try {
    return isCondition(node) ? expandCondition(node, aliases) : expand(node, aliases)
  } catch (thrown) {
    if (thrown instanceof UsageError) return node
    throw thrown
  }
}

function expandSelector(selector: Selector, aliases: Aliases, path: readonly string[]): Expression {
  const meaning = aliasOf(aliases, selector.metric)
  if (meaning === undefined) return selector
  const trail = [...path, selector.metric]
  if (path.includes(selector.metric)) throw new UsageError(`aliases lead back to themselves: ${trail.join(' > ')}`)
  const inner = expand(meaning, aliases, trail)
  if (selector.matchers.length === 0) return inner
  if (inner.kind !== 'select') throw notAMetric(conditionText(selector), conditionText(inner))
  return { ...inner, matchers: [...inner.matchers, ...selector.matchers] }
}

function expandOverTime(call: OverTime, aliases: Aliases, path: readonly string[]): OverTime {
  const of = expand(call.of, aliases, path)
  if (of.kind === 'select') return { ...call, of }
  throw notAMetric(conditionText(call), conditionText(of))
}

function notAMetric(text: string, meaning: string): UsageError {
  return new UsageError(`'${text}' needs a metric there, and its alias stands for '${meaning}'`)
}
