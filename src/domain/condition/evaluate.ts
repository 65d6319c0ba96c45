import type { Evidence } from '../finding.ts'
import { bindAlert } from './alerted.ts'
import type { CompareOp, Condition, Expression, Reaches } from './ast.ts'
import { bindForecast } from './foresee.ts'
import { heldFor, heldUntil, momentary, type BoundCondition, type Part } from './hold.ts'
import { both, either, not, type Truth } from './logic.ts'
import { bind, seenAt, type Bound, type Scope } from './bind.ts'
import { conditionText, spanText } from './text.ts'
import { bindSides } from './usual.ts'

/** What a condition is judged against. */
export type JudgeContext = Scope & {
  /**
   * Whether it was true when it was last seen. Matters only where the window does not tell: for hysteresis, and for an
   * alert that nobody knows any more.
   */
  readonly wasActive: boolean
}

/** What came of judging a condition at one moment. */
export type Judgement = {
  readonly state: 'true' | 'false' | 'blind'
  /**
   * Since when it has held: the first sample of the unbroken run. With `blind` it says that what is seen is in
   * violation since then, and only the time before it is unknown (`for 5m`, one minute after the start).
   */
  readonly since?: number
  /** Every value that was compared, in the order of the text. */
  readonly evidence: readonly Evidence[]
  /** Why it is blind. */
  readonly reason?: string
}

/** Judges a condition on one target now. Pure, and never throws: what cannot be judged is blind, with the reason. */
export function judge(condition: Condition, context: JudgeContext): Judgement {
  const evidence: Evidence[] = []
  const bound = bindCondition(condition, context, evidence)
  const { truth, since } = bound.heldAt(context.now)
  if (truth === false) return { state: 'false', evidence }
  const held = since === undefined ? {} : { since }
  if (truth === true) return { state: 'true', ...held, evidence }
  return { state: 'blind', ...held, evidence, reason: bound.why(context.now) }
}

/** The value of an expression now. `at` is the time of the newest sample it read, or now where it read none. */
export function measure(
  expression: Expression,
  scope: Scope,
): { readonly value: number | null; readonly at: number; readonly blind: boolean } {
  const bound = bind(expression, scope)
  const value = bound.at(scope.now)
  const blind = Number.isNaN(value)
  return { value: blind ? null : value, at: seenAt(bound.series, scope.now), blind }
}

/** A condition that can be asked about any moment up to now. */
export function bindNow(condition: Condition, context: JudgeContext): BoundCondition {
  return bindCondition(condition, context)
}

/** @param evidence takes what is compared, where somebody wants to know */
function bindCondition(condition: Condition, context: JudgeContext, evidence?: Evidence[]): BoundCondition {
  const bindPart = (part: Condition): BoundCondition => bindCondition(part, context, evidence)
  switch (condition.kind) {
    case 'compare':
      return bindCompare(condition, context, evidence)
    case 'reaches':
      return bindReaches(condition, context, evidence)
    case 'alert':
      return bindAlert(condition, context, evidence)
    case 'not': {
      const of = bindPart(condition.of)
      return momentary((time) => not(of.at(time)), [of])
    }
    case 'and':
    case 'or': {
      const join = condition.kind === 'and' ? both : either
      const [left, right] = [bindPart(condition.left), bindPart(condition.right)]
      const decides = condition.kind === 'or'
      const at = (time: number): Truth => {
        const one = left.at(time)
        return one === decides ? one : join(one, right.at(time))
      }
      return momentary(at, [left, right])
    }
    case 'for': {
      const of = bindPart(condition.of)
      if (!condition.until) return heldFor(of, condition.span)
      // What would end it is no evidence that it is so.
      return heldUntil(of, condition.span, bindCondition(condition.until, context), context.wasActive)
    }
  }
}

type Compare = Extract<Condition, { kind: 'compare' }>

function bindCompare({ op, left, right }: Compare, context: JudgeContext, evidence?: Evidence[]): BoundCondition {
  const [a, b] = bindSides(left, right, context)
  const compare = COMPARE[op]
  evidence?.push(...evidenceOf(left, a, b, context.now), ...evidenceOf(right, b, a, context.now))
  const at = (time: number): Truth => {
    const [x, y] = [a.at(time), b.at(time)]
    return Number.isNaN(x) || Number.isNaN(y) ? null : compare(x, y)
  }
  return momentary(at, [partOf(a), partOf(b)])
}

/** The evidence is first what is expected, then what is now: by the first is judged how bad it is. */
function bindReaches(node: Reaches, context: JudgeContext, evidence?: Evidence[]): BoundCondition {
  const { at: foresee, value, limit } = bindForecast(node, context)
  const [own] = evidence ? evidenceOf(node.of, value, limit, context.now) : []
  if (own) {
    const now = foresee(context.now)
    const signal = `${conditionText(node.of)}, expected within ${spanText({ ms: node.withinMs })}`
    evidence?.push({ ...own, signal, value: now.state === 'seen' ? now.expected : null }, own)
  }
  const at = (time: number): Truth => {
    const seen = foresee(time)
    return seen.state === 'seen' ? seen.reach !== undefined : null
  }
  const why = (time: number): string => {
    const seen = foresee(time)
    return seen.state === 'seen' ? '' : seen.reason
  }
  return momentary(at, [
    { series: value.series, changes: [], why, pendingSince: () => undefined },
    { series: limit.series, changes: [], why, pendingSince: () => undefined },
  ])
}

/** What each comparison means. */
export const COMPARE: Readonly<Record<CompareOp, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

function partOf(bound: Bound): Part {
  return {
    series: bound.series,
    changes: [],
    why: (time) => (Number.isNaN(bound.at(time)) ? bound.why(time) : ''),
    pendingSince: () => undefined,
  }
}

/** One side of a comparison by value, with the other side as its limit. A constant is no evidence. */
function evidenceOf(expression: Expression, own: Bound, other: Bound, now: number): Evidence[] {
  const [value, limit] = [own.at(now), other.at(now)]
  if (own.series.length === 0 && !Number.isNaN(value)) return []
  return [
    {
      signal: conditionText(expression),
      value: Number.isFinite(value) ? value : null,
      ...(Number.isFinite(limit) && { limit }),
      at: seenAt(own.series, now),
    },
  ]
}
