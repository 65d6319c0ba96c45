import type { Sight } from '../../assess/measure.ts'
import type { Condition } from '../../domain/condition/ast.ts'
import { bind, type Bound } from '../../domain/condition/bind.ts'
import { bindNow } from '../../domain/condition/evaluate.ts'
import { parseCondition, parseExpression } from '../../domain/condition/parse.ts'
import { conditionText } from '../../domain/condition/text.ts'
import { bindSides } from '../../domain/condition/usual.ts'
import type { Expectation } from '../../domain/plan.ts'
import type { Guard } from '../../domain/policy.ts'
import { STALE_INTERVALS, type Series } from '../../domain/signal.ts'
import type { Chart } from '../../domain/chart.ts'
import { instant, plotted, signalSide } from './plotted.ts'

/** What is charted: the expectations of an incident, and what must not get worse. */
export type Watched = { readonly expectations: readonly Expectation[]; readonly guards: readonly Guard[] }

/** From when to when, in epoch milliseconds, and how many points a chart may have. */
export type Range = { readonly from: number; readonly to: number; readonly points: number }

type Point = Chart['points'][number]

/** The signals over time, from the windows: one chart for each comparison of an expectation, and one for each guard. */
export function chartsOf({ expectations, guards }: Watched, sight: Sight, asked: Range): Chart[] {
  // Nothing is known of what is to come.
  const range = { ...asked, to: Math.min(asked.to, sight.now) }
  return [
    ...expectations.flatMap((expectation) => expectationCharts(expectation, sight, range)),
    ...guards.map((guard) => guardChart(guard, sight, range)),
  ]
}

function expectationCharts({ policy, target, condition }: Expectation, sight: Sight, range: Range): Chart[] {
  const read = parseCondition(condition)
  const comparisons = plotted(read)
  const of = { signal: policy, target }
  const scope = { ...sight, target }
  if (comparisons.length === 0) return [{ ...of, ...truthChart(instant(read), scope, range) }]
  return comparisons.map((compare) => {
    const { signal, op, limit } = signalSide(compare)
    const [value, bound] = bindSides(signal, limit, scope)
    const limitNow = bound.at(range.to)
    return {
      ...of,
      expression: conditionText(signal),
      ...(Number.isFinite(limitNow) && { limit: limitNow, violated: op }),
      points: pointsOf(value.at, timesOf(value.series, [], range)),
    }
  })
}

function guardChart({ name, target, expr, max }: Guard, sight: Sight, range: Range): Chart {
  const value: Bound = bind(parseExpression(expr), { ...sight, target })
  const points = pointsOf(value.at, timesOf(value.series, [], range))
  return { signal: name, target, expression: expr, limit: max, points }
}

/** Where there is no number to show: 1 while the condition is violated, 0 while it is not. */
function truthChart(
  condition: Condition,
  scope: Parameters<typeof bind>[1],
  range: Range,
): Pick<Chart, 'expression' | 'points'> {
  const { at, series, changes } = bindNow(condition, { ...scope, wasActive: false })
  const value = (time: number): number => {
    const truth = at(time)
    return truth === null ? Number.NaN : Number(truth)
  }
  return { expression: conditionText(condition), points: pointsOf(value, timesOf(series, changes, range)) }
}

function pointsOf(value: (time: number) => number, times: readonly number[]): Point[] {
  const points = times.map((at): Point => {
    const now = value(at)
    return [at, Number.isFinite(now) ? now : null]
  })
  // One null says that nobody could see; more of them say no more.
  return points.filter(([, now], i) => now !== null || points[i - 1]?.[1] !== null || i === points.length - 1)
}

/** The moments that are worth a point: samples, gaps between them, and changes of alerts; evenly thinned out. */
function timesOf(series: readonly Series[], changes: readonly number[], { from, to, points }: Range): number[] {
  const [pace] = series.toSorted((a, b) => b.length - a.length)
  const times = [...(pace ? sampleTimes(pace) : []), ...changes.flatMap((at) => [at - 1, at])]
  const inRange = [...new Set(times)].filter((at) => at >= from && at <= to).sort((a, b) => a - b)
  // Where nothing is sampled, an alert is or is not from one change to the next.
  const whole = changes.length > 0 && !pace ? [from, ...inRange, to] : inRange
  return thinned(whole, points)
}

function sampleTimes(series: Series): number[] {
  const times: number[] = []
  for (let i = 0; i < series.length; i++) {
    const at = series.timeAt(i)
    const next = i + 1 < series.length ? series.timeAt(i + 1) : Infinity
    times.push(at)
    // Stale from here on, until the next sample: a moment in which nobody could see.
    const staleAt = at + STALE_INTERVALS * series.intervalMs + 1
    if (next > staleAt) times.push(staleAt)
  }
  return times
}

/** At most so many, evenly chosen, the first and the last among them. */
export function thinned<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  const step = (items.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, i) => items[Math.round(i * step)]).filter((item) => item !== undefined)
}

/** What was kept on the record of charts that the windows no longer hold whole: its points stand before theirs. */
export function mergedCharts(kept: readonly Chart[], now: readonly Chart[], most: number): Chart[] {
  const merged = new Map<string, Chart>()
  for (const chart of [...kept, ...now]) {
    const key = JSON.stringify([chart.signal, chart.target, chart.expression])
    const was = merged.get(key)
    merged.set(key, was ? joined(was, chart, most) : { ...chart, points: thinned(chart.points, most) })
  }
  return [...merged.values()]
}

function joined(was: Chart, next: Chart, most: number): Chart {
  const [first] = next.points
  if (!first) return was
  const end = next.points.at(-1)?.[0] ?? first[0]
  const before = was.points.filter(([at]) => at < first[0])
  const after = was.points.filter(([at]) => at > end)
  return { ...was, ...next, points: thinned([...before, ...next.points, ...after], most) }
}
