import type { Matcher } from '../signal.ts'

export type CompareOp = '>' | '>=' | '<' | '<=' | '==' | '!='
export type ArithmeticOp = '+' | '-' | '*' | '/'

/** Functions of one series over a range of time, `avg(x[5m])`; only `zscore(x[1000 samples])` counts samples. */
export type RangeFunction = AcrossFunction | 'rate' | 'increase' | 'stddev' | 'zscore' | 'median' | 'last' | 'forecast'

/** Functions of several series at one moment, `sum(x)` or `sum(rate(x[5m]))`. */
export type AcrossFunction = 'sum' | 'avg' | 'min' | 'max' | 'count'

/** The newest value of a metric, a parameter, or an alias: what the name stands for is looked up when it is judged. */
export type Selector = { readonly kind: 'select'; readonly metric: string; readonly matchers: readonly Matcher[] }

export type OverTime = {
  readonly kind: 'over-time'
  readonly fn: RangeFunction
  readonly of: Selector
  readonly range: Span
  /** How far ahead a forecast looks; only with `forecast`. */
  readonly aheadMs?: number
}

/** The name of a policy's own limit; where it has none, what is usual for the other side of the comparison. */
export const THRESHOLD = 'threshold'

/** What is usual is the median of the newest so many samples, with as many at least to judge it by. */
export const USUAL_SAMPLES = { least: 60, most: 240 } as const

/** How many samples a z-score may be asked over: the newest, with thirty or more to judge it by. */
export const ZSCORE_SAMPLES = { least: 31, most: 10_000 } as const

/** Something that is a number at every moment, or cannot be seen. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** The moment itself, in seconds since 1970. */
  | { readonly kind: 'time' }
  | Selector
  | OverTime
  | { readonly kind: 'across'; readonly fn: AcrossFunction; readonly of: Selector | OverTime }
  | { readonly kind: 'arithmetic'; readonly op: ArithmeticOp; readonly left: Expression; readonly right: Expression }

/** How long a condition must hold, or how far back a function looks: milliseconds, or consecutive samples. */
export type Span = { readonly ms: number } | { readonly samples: number }

/** That a limit is expected to be reached, going by the past of a value: `disk_usage[6h] rises to 95 within 24h`. */
export type Reaches = {
  readonly kind: 'reaches'
  readonly of: Expression
  /** The past that it is judged by. */
  readonly range: { readonly ms: number }
  readonly direction: 'rises' | 'falls'
  readonly limit: Expression
  readonly withinMs: number
}

/** Something that is true, false, or cannot be judged at every moment. */
export type Condition =
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly left: Expression; readonly right: Expression }
  | Reaches
  /** An alert that passes the tests and aims at the very target fires: not one on its owner or its parts. */
  | { readonly kind: 'alert'; readonly matchers: readonly Matcher[] }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  /** Begins to be true once `of` has held for the span; with `until`, stays true until that is true. */
  | { readonly kind: 'for'; readonly of: Condition; readonly span: Span; readonly until?: Condition }

export function isCondition(node: Condition | Expression): node is Condition {
  return ['compare', 'reaches', 'alert', 'and', 'or', 'not', 'for'].includes(node.kind)
}

/** Names of all metrics, parameters and aliases in it; some may stand twice. */
export function metricsOf(node: Condition | Expression): string[] {
  switch (node.kind) {
    case 'number':
    case 'time':
    case 'alert':
      return []
    case 'select':
      return [node.metric]
    case 'reaches':
      return [...metricsOf(node.of), ...metricsOf(node.limit)]
    case 'over-time':
    case 'across':
    case 'not':
      return metricsOf(node.of)
    case 'for':
      return [...metricsOf(node.of), ...(node.until ? metricsOf(node.until) : [])]
    case 'arithmetic':
    case 'compare':
    case 'and':
    case 'or':
      return [...metricsOf(node.left), ...metricsOf(node.right)]
  }
}

/** Whether the condition has hysteresis, and so depends on what it was before. */
export function hasUntil(condition: Condition): boolean {
  switch (condition.kind) {
    case 'compare':
    case 'reaches':
    case 'alert':
      return false
    case 'not':
      return hasUntil(condition.of)
    case 'for':
      return condition.until !== undefined || hasUntil(condition.of)
    case 'and':
    case 'or':
      return hasUntil(condition.left) || hasUntil(condition.right)
  }
}

/** Every test on an alert in it, each as the matchers of one. */
export function alertsIn(condition: Condition): (readonly Matcher[])[] {
  switch (condition.kind) {
    case 'compare':
    case 'reaches':
      return []
    case 'alert':
      return [condition.matchers]
    case 'not':
      return alertsIn(condition.of)
    case 'for':
      return [...alertsIn(condition.of), ...(condition.until ? alertsIn(condition.until) : [])]
    case 'and':
    case 'or':
      return [...alertsIn(condition.left), ...alertsIn(condition.right)]
  }
}

/** Whether it cannot be true on a target that no alert is known of: such a condition is judged only where alerts are. */
export function needsAlert(condition: Condition): boolean {
  return needs('alert', condition)
}

/** Whether it cannot be true unless something is foreseen: it says what will be, and not what is. */
export function needsForecast(condition: Condition): boolean {
  return needs('reaches', condition)
}

function needs(kind: 'alert' | 'reaches', condition: Condition): boolean {
  switch (condition.kind) {
    case 'compare':
    case 'not':
      return false
    case 'alert':
    case 'reaches':
      return condition.kind === kind
    case 'for':
      return needs(kind, condition.of)
    case 'and':
      return needs(kind, condition.left) || needs(kind, condition.right)
    case 'or':
      return needs(kind, condition.left) && needs(kind, condition.right)
  }
}

/** What it foresees, in the order of the text; what would end it is none of that. */
export function forecastsIn(condition: Condition): Reaches[] {
  switch (condition.kind) {
    case 'compare':
    case 'alert':
    case 'not':
      return []
    case 'reaches':
      return [condition]
    case 'for':
      return forecastsIn(condition.of)
    case 'and':
    case 'or':
      return [...forecastsIn(condition.left), ...forecastsIn(condition.right)]
  }
}

/** The names of the alerts that it tests; undefined where a test is not by one name. */
export function alertNamesIn(condition: Condition): readonly string[] | undefined {
  const names = alertsIn(condition).map((tests) => tests.find(({ label, op }) => label === 'alertname' && op === '='))
  return names.every((test) => test !== undefined) ? [...new Set(names.map(({ value }) => value))] : undefined
}

/** How far back a condition or expression looks: the sum of its nested spans, in milliseconds and in samples. */
export type Reach = { readonly ms: number; readonly samples: number }

export function reachOf(node: Condition | Expression): Reach {
  switch (node.kind) {
    case 'number':
    case 'time':
    case 'alert':
      return { ms: 0, samples: 0 }
    case 'reaches': {
      const of = reachOf(node.of)
      return longer({ ms: of.ms + node.range.ms, samples: of.samples }, reachOf(node.limit))
    }
    case 'select':
      return { ms: 0, samples: node.metric === THRESHOLD ? USUAL_SAMPLES.most : 1 }
    case 'over-time':
      return 'ms' in node.range
        ? { ms: node.range.ms, samples: 2 }
        : { ms: 0, samples: Math.max(2, node.range.samples) }
    case 'across':
    case 'not':
      return reachOf(node.of)
    case 'for': {
      const own = { ms: 'ms' in node.span ? node.span.ms : 0, samples: 'samples' in node.span ? node.span.samples : 0 }
      const of = reachOf(node.of)
      return longer({ ms: own.ms + of.ms, samples: own.samples + of.samples }, node.until ? reachOf(node.until) : of)
    }
    case 'arithmetic':
    case 'compare':
    case 'and':
    case 'or':
      return longer(reachOf(node.left), reachOf(node.right))
  }
}

/**
 * How long what was before an effect still tells in it, in milliseconds: as far as it looks back. What is foreseen begins
 * at what is now, so that of its past only the part counts that the newest value itself looks back.
 */
export function echoMs(node: Condition | Expression): number {
  switch (node.kind) {
    case 'reaches':
      return Math.max(reachOf(node.of).ms, reachOf(node.limit).ms)
    case 'not':
      return echoMs(node.of)
    case 'for': {
      const heldMs = echoMs(node.of) + ('ms' in node.span ? node.span.ms : 0)
      return Math.max(heldMs, node.until ? echoMs(node.until) : 0)
    }
    case 'and':
    case 'or':
      return Math.max(echoMs(node.left), echoMs(node.right))
    default:
      return reachOf(node).ms
  }
}

function longer(a: Reach, b: Reach): Reach {
  return { ms: Math.max(a.ms, b.ms), samples: Math.max(a.samples, b.samples) }
}
