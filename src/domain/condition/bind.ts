import { UsageError, messageOf } from '../errors.ts'
import type { Alerts } from '../alert.ts'
import type { ResourceRef } from '../resource.ts'
import type { Series, Windows } from '../signal.ts'
import type { Topology } from '../topology.ts'
import { expand, type Aliases } from './aliases.ts'
import {
  THRESHOLD,
  type AcrossFunction,
  type ArithmeticOp,
  type Expression,
  type OverTime,
  type Selector,
} from './ast.ts'
import { newestAt, overTime, valueAt } from './over-time.ts'
import { conditionText } from './text.ts'

/** What an expression is read against. */
export type Scope = {
  readonly windows: Windows
  readonly target: ResourceRef
  /** Epoch milliseconds; samples after it are not seen. */
  readonly now: number
  /** Values for names such as `threshold`; they go before aliases and metrics. */
  readonly params?: Readonly<Record<string, number>>
  readonly aliases?: Aliases
  /** What `threshold` is where no parameter says it. */
  readonly usual?: Bound
  /** What `alert{...}` reads; without them it is blind. */
  readonly alerts?: Alerts
  /** What is known to exist: an alert on what is gone tells nothing, and an owner that is seen vouches for its part. */
  readonly topology?: Topology
}

/** An expression bound to the series of one target: its value at any moment, NaN where nothing can be seen. */
export type Bound = {
  readonly at: (time: number) => number
  /** Why the value at a moment is NaN, in words. */
  readonly why: (time: number) => string
  /** All series that it reads. */
  readonly series: readonly Series[]
}

/** Time of the newest sample of any of the series up to now; now where there is none. */
export function seenAt(series: readonly Series[], now: number): number {
  let newest = Number.NEGATIVE_INFINITY
  for (const one of series) {
    const index = newestAt(one, now)
    if (index >= 0) newest = Math.max(newest, one.timeAt(index))
  }
  return newest === Number.NEGATIVE_INFINITY ? now : newest
}

/**
 * Looks up the series of an expression once, so that it can be asked about many moments. Never throws: aliases that
 * cannot be resolved make it blind with that reason (the configuration refuses them before).
 */
export function bind(expression: Expression, scope: Scope): Bound {
  try {
    return bindNode(expand(expression, scope.aliases), scope)
  } catch (thrown) {
    if (thrown instanceof UsageError) return unseen(messageOf(thrown))
    throw thrown
  }
}

function bindNode(expression: Expression, scope: Scope): Bound {
  switch (expression.kind) {
    case 'number':
      return constant(expression.value)
    case 'time':
      return { at: (time) => time / 1000, why: () => '', series: [] }
    case 'select': {
      const param = paramOf(expression, scope)
      if (param !== undefined) return constant(param)
      return expression.metric === THRESHOLD && scope.usual ? scope.usual : bindOne(expression, scope)
    }
    case 'over-time':
      return bindOne(expression, scope)
    case 'across':
      return bindAcross(expression.fn, expression.of, scope)
    case 'arithmetic':
      return bindArithmetic(expression.op, bindNode(expression.left, scope), bindNode(expression.right, scope))
  }
}

function constant(value: number): Bound {
  return { at: () => value, why: () => '', series: [] }
}

/** Something that nobody can see, and why. */
export function unseen(reason: string): Bound {
  return { at: () => Number.NaN, why: () => reason, series: [] }
}

function paramOf({ metric, matchers }: Selector, { params }: Scope): number | undefined {
  return params !== undefined && matchers.length === 0 && Object.hasOwn(params, metric) ? params[metric] : undefined
}

function bindArithmetic(op: ArithmeticOp, left: Bound, right: Bound): Bound {
  const compute = ARITHMETIC[op]
  return {
    at: (time) => compute(left.at(time), right.at(time)),
    why: (time) =>
      [left, right].find((side) => Number.isNaN(side.at(time)))?.why(time) ?? `'${op}' has no answer for these values`,
    series: [...left.series, ...right.series],
  }
}

const ARITHMETIC: Readonly<Record<ArithmeticOp, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}

/** What a selector or a function over a range says of each of its series. */
type Many = { readonly series: readonly Series[]; readonly valueOf: (series: Series, time: number) => number }

function bindMany(of: Selector | OverTime, { windows, target }: Scope): Many {
  if (of.kind === 'select') return { series: windows.select(target, of.metric, of.matchers), valueOf: valueAt }
  const { metric, matchers } = of.of
  return { series: windows.select(target, metric, matchers), valueOf: (series, time) => overTime(of, series, time) }
}

/** One series is meant. Several that are fresh at the same moment are ambiguous, and so are blindness. */
function bindOne(of: Selector | OverTime, scope: Scope): Bound {
  const { series, valueOf } = bindMany(of, scope)
  const fresh = (time: number): Series[] => series.filter((one) => !Number.isNaN(valueAt(one, time)))
  const only = series.length === 1 ? series[0] : undefined
  const at = (time: number): number => {
    if (only) return valueOf(only, time)
    const [first, second] = fresh(time)
    return first === undefined || second !== undefined ? Number.NaN : valueOf(first, time)
  }
  const why = (time: number): string => {
    const text = conditionText(of)
    const count = fresh(time).length
    if (count > 1) return `'${text}' matches ${count} series: wrap it in sum(), max() or another function over series`
    return whyUnseen(text, series, time)
  }
  return { at, why, series }
}

/**
 * Series that are stale or too short are left out; with none left it is blind, with one exception: where the metric
 * itself is seen and no series of it matches, `sum` and `count` are 0 (requests are counted, none of them failed).
 */
function bindAcross(fn: AcrossFunction, of: Selector | OverTime, scope: Scope): Bound {
  const { series, valueOf } = bindMany(of, scope)
  const { metric, matchers } = of.kind === 'select' ? of : of.of
  const countable = matchers.length > 0 && (fn === 'sum' || fn === 'count')
  const family = countable ? scope.windows.select(scope.target, metric) : series
  const at = (time: number): number => {
    const values = series.map((one) => valueOf(one, time)).filter((value) => !Number.isNaN(value))
    if (values.length > 0) return ACROSS[fn](values)
    return countable && family.some((one) => !Number.isNaN(valueOf(one, time))) ? 0 : Number.NaN
  }
  return { at, why: (time) => whyUnseen(conditionText(of), family, time), series: family }
}

const ACROSS: Readonly<Record<AcrossFunction, (values: readonly number[]) => number>> = {
  sum,
  avg: (values) => sum(values) / values.length,
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  count: (values) => values.length,
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function whyUnseen(text: string, series: readonly Series[], time: number): string {
  if (series.every((one) => newestAt(one, time) < 0)) return `no series for '${text}'`
  const ageMs = time - seenAt(series, time)
  const stale = series.every((one) => Number.isNaN(valueAt(one, time)))
  return stale ? `nothing new for '${text}' in ${Math.round(ageMs / 1000)} s` : `too little data yet for '${text}'`
}
