import { expandCondition, type Aliases } from '../domain/condition/aliases.ts'
import { metricsOf, needsAlert, THRESHOLD, type Condition } from '../domain/condition/ast.ts'
import { parseCondition } from '../domain/condition/parse.ts'
import { conditionText } from '../domain/condition/text.ts'
import { UsageError } from '../domain/errors.ts'
import type { PrometheusConfig } from './config.ts'
import type { Path } from './problems.ts'
import { comparisonIn, type PromqlComparison } from './promql-comparison.ts'
import type { PolicySection } from './policy-schema.ts'
import type { Scope } from './scope.ts'
import { readOneTarget } from './targets.ts'

type ConditionScope = Scope & { readonly slowestMs: number; readonly aliases: Aliases }

/** The condition with the time it must hold: its own `for`, the key `for`, or the profile's. */
export function conditionOf(section: PolicySection, path: Path, scope: ConditionScope): string {
  const { condition, for: besideMs } = section
  const own = typeof condition === 'string' ? undefined : condition.for
  const read = parsedOf(section, path, scope)
  if (!read) return ''
  const parsed = withThreshold(read, section, path, scope)
  scope.attempt([...path, 'condition'], () => expandCondition(parsed, scope.aliases))
  if (besideMs !== undefined && (own !== undefined || parsed.kind === 'for')) {
    const message =
      own === undefined
        ? 'stands twice: the condition ends in a "for" or "until" of its own'
        : 'stands twice: the condition has a "for" of its own'
    scope.problems.push({ path: [...path, 'for'], message })
  }
  const { holdsForMs } = scope.defaults
  // Two rounds of the slowest source, since one reading is no trend. An alert has been waited for by its own rule.
  const isCalm = holdsForMs === 0 || holdsSomewhere(parsed) || needsAlert(parsed)
  const ms = own ?? besideMs ?? (isCalm ? 0 : Math.max(holdsForMs, 2 * scope.slowestMs))
  if (ms > 0) return conditionText({ kind: 'for', of: parsed, span: { ms } })
  return typeof condition === 'string' && section.threshold === undefined ? condition : conditionText(parsed)
}

/**
 * What the conditions of all files ask of the Prometheus: the left side of each comparison, about the one target of its
 * policy.
 */
export function policyQueries(
  lists: readonly { readonly sections: readonly PolicySection[]; readonly scope: Scope }[],
  hasPrometheus: boolean,
): PrometheusConfig['queries'] {
  const taken = new Set<string>()
  return lists.flatMap(({ sections, scope }) =>
    sections.flatMap((section, i) => queryOf(section, ['policies', i], { hasPrometheus, taken, scope })),
  )
}

function queryOf(
  section: PolicySection,
  path: Path,
  {
    hasPrometheus,
    taken,
    scope,
  }: { readonly hasPrometheus: boolean; readonly taken: Set<string>; readonly scope: Scope },
): PrometheusConfig['queries'] {
  const { condition, target: text } = section
  if (typeof condition === 'string' || condition.promql === undefined || condition.alert) return []
  const { promql } = condition
  const refuse = (key: readonly string[], message: string): void =>
    void scope.problems.push({ path: [...path, ...key], message })
  const compared = scope.attempt([...path, 'condition', 'promql'], () => comparisonIn(promql))
  if (!hasPrometheus) refuse(['condition', 'promql'], 'needs sources.prometheus, which says whom to ask')
  // What is wrong with the target of any policy is told where policies are read.
  const target = attempted(() => readOneTarget(text, scope.meantBy(text)))
  // A pattern, or a kind alone.
  if (text.includes('*') || !text.includes('/')) {
    refuse(['target'], `a promql condition is about one target, got the pattern "${text}"`)
  }
  const name = metricOf(section)
  if (taken.has(name)) refuse(['name'], `its query is named ${name}, as that of another policy`)
  taken.add(name)
  return compared && target !== undefined ? [{ name, expr: compared.left, target }] : []
}

function parsedOf({ name, condition }: PolicySection, path: Path, scope: Scope): Condition | undefined {
  if (typeof condition === 'string') return parseCondition(condition)
  const { alert, promql } = condition
  if ((alert === undefined) === (promql === undefined)) {
    scope.problems.push({ path: [...path, 'condition'], message: 'needs exactly one of alert and promql' })
    return undefined
  }
  if (promql !== undefined) return comparedOf(name, promql)
  const matchers = Object.entries(alert ?? {}).map(([label, value]) => ({ label, op: '=' as const, value }))
  if (matchers.length > 0) return { kind: 'alert', matchers }
  const message = 'needs a label, such as { alertname: HighErrors }: an empty match is not every alert'
  scope.problems.push({ path: [...path, 'condition', 'alert'], message })
  return undefined
}

/** The comparison, over what the query gives; of several series the worst decides. What is wrong is told by the queries. */
function comparedOf(name: string, promql: string): Condition | undefined {
  const compared = attempted(() => comparisonIn(promql))
  if (!compared) return undefined
  const { op, right } = compared
  const metric = { kind: 'select' as const, metric: metricOf({ name }), matchers: [] }
  const worst = WORST[op]
  const left = worst ? { kind: 'across' as const, fn: worst, of: metric } : metric
  return { kind: 'compare', op, left, right: { kind: 'number', value: right } }
}

const WORST: Readonly<Partial<Record<PromqlComparison['op'], 'max' | 'min'>>> = {
  '>': 'max',
  '>=': 'max',
  '<': 'min',
  '<=': 'min',
}

/** The metric that a policy's own query becomes. */
function metricOf({ name }: Pick<PolicySection, 'name'>): string {
  return `policy:${name.replaceAll(/\W/g, '_')}`
}

function attempted<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof UsageError) return undefined
    throw thrown
  }
}

function holdsSomewhere(condition: Condition): boolean {
  switch (condition.kind) {
    case 'for':
      return true
    case 'compare':
    case 'reaches':
    case 'alert':
      return false
    case 'not':
      return holdsSomewhere(condition.of)
    case 'and':
    case 'or':
      return holdsSomewhere(condition.left) || holdsSomewhere(condition.right)
  }
}

/** The policy's own number for `threshold`, put in its place: what is decided on can be read without the policy. */
function withThreshold(
  condition: Condition,
  { threshold }: PolicySection,
  path: Path,
  { problems, attempt }: Scope,
): Condition {
  if (threshold === undefined) return condition
  if (!metricsOf(condition).includes(THRESHOLD)) {
    problems.push({ path: [...path, 'threshold'], message: 'is not named by the condition', atKey: true })
  }
  const own = new Map([[THRESHOLD, String(threshold)]])
  return attempt([...path, 'condition'], () => expandCondition(condition, own)) ?? condition
}
