import type { CompareOp } from '../../../src/domain/condition/ast.ts'
import type { Chart } from '../../../src/domain/chart.ts'
import type { Moment } from '../../../src/domain/view.ts'

/** From when to when, in epoch milliseconds. */
export type Span = { readonly from: number; readonly to: number }

/** A chart as it is drawn. Times are epoch milliseconds. */
export type Plot = {
  readonly xs: readonly number[]
  readonly ys: readonly (number | null)[]
  /** When nobody could see: from the last value before it to the first after it. */
  readonly blind: readonly Span[]
  /** The vertical range, with the limit in it and room above. */
  readonly range: readonly [bottom: number, top: number]
  /** Moments within the chart, those too close to be told apart together, oldest first. */
  readonly marks: readonly { readonly at: number; readonly moments: readonly Moment[] }[]
}

/** Moments closer together than this share of the width are one line. */
const TOGETHER = 0.02

/** A chart made ready to be drawn. */
export function plotOf({ points, limit }: Chart, moments: readonly Moment[]): Plot {
  const inOrder = begun([...points].sort(([a], [b]) => a - b))
  const xs = inOrder.map(([at]) => at)
  const ys = inOrder.map(([, value]) => (value !== null && Number.isFinite(value) ? drawable(value) : null))
  return { xs, ys, blind: blindIn(xs, ys), range: rangeOf(ys, limit), marks: marksIn(xs, moments) }
}

/** Beyond this, arithmetic on a chart overflows. */
const GREATEST = 1e300

const drawable = (value: number): number => Math.min(GREATEST, Math.max(-GREATEST, value))

/** A short time without a value at the very beginning is where a series begins, and not blindness. */
const BEGINNING = 0.05

function begun(points: Chart['points']): Chart['points'] {
  const first = points.findIndex(([, value]) => value !== null)
  const [from, seen, to] = [points[0]?.[0] ?? 0, points[first]?.[0] ?? 0, points.at(-1)?.[0] ?? 0]
  return first > 0 && seen - from <= (to - from) * BEGINNING ? points.slice(first) : points
}

function blindIn(xs: readonly number[], ys: readonly (number | null)[]): Span[] {
  const spans: Span[] = []
  for (let index = 0; index < ys.length; index += 1) {
    if (ys[index] !== null) continue
    const first = index
    while (index + 1 < ys.length && ys[index + 1] === null) index += 1
    const from = xs[Math.max(0, first - 1)] ?? 0
    const to = xs[Math.min(xs.length - 1, index + 1)] ?? from
    spans.push({ from, to })
  }
  return spans
}

function rangeOf(ys: readonly (number | null)[], limit: number | undefined): readonly [number, number] {
  const values = [...ys.filter((value) => value !== null), ...(limit === undefined ? [] : [drawable(limit)])]
  const bottom = values.reduce((least, value) => Math.min(least, value), 0)
  const top = values.reduce((most, value) => Math.max(most, value), 0)
  return top > bottom ? [bottom, top + (top - bottom) * 0.15] : [bottom, bottom + 1]
}

function marksIn(xs: readonly number[], moments: readonly Moment[]): Plot['marks'] {
  const [from, to] = [xs[0] ?? 0, xs.at(-1) ?? 0]
  const marks: { at: number; moments: Moment[] }[] = []
  for (const moment of [...moments].sort((a, b) => a.at - b.at)) {
    if (moment.at < from || moment.at > to) continue
    const last = marks.at(-1)
    if (last && moment.at - last.at <= (to - from) * TOGETHER) last.moments.push(moment)
    else marks.push({ at: moment.at, moments: [moment] })
  }
  return marks
}

/** What a chart says in numbers. */
export type Harm = {
  readonly worst?: { readonly at: number; readonly value: number }
  /** How long it was beyond its limit, and how long nobody could see, in milliseconds. */
  readonly beyondMs: number
  readonly blindMs: number
}

/** How a value that is violated stands to its limit. */
const VIOLATED: Readonly<Record<CompareOp, (value: number, limit: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
}

/** Whether a value is on the wrong side of its limit. */
export function isViolated({ limit, violated = '>' }: Pick<Chart, 'limit' | 'violated'>, value: number): boolean {
  return limit !== undefined && VIOLATED[violated](value, limit)
}

/** How bad it was: the value furthest to the wrong side, and how long it was there. A value counts until the next one. */
export function harmOf(chart: Chart): Harm {
  const { xs, ys, blind } = plotOf(chart, [])
  let worst: Harm['worst']
  let beyondMs = 0
  for (const [index, value] of ys.entries()) {
    const at = xs[index] ?? 0
    if (value === null) continue
    if (!worst || isWorse(chart, value, worst.value)) worst = { at, value }
    if (isViolated(chart, value)) beyondMs += (xs[index + 1] ?? at) - at
  }
  const blindMs = blind.reduce((sum, { from, to }) => sum + to - from, 0)
  return { ...(worst && { worst }), beyondMs, blindMs }
}

function isWorse(chart: Chart, value: number, than: number): boolean {
  const [here, there] = [isViolated(chart, value), isViolated(chart, than)]
  if (here !== there) return here
  return chart.violated?.startsWith('<') ? value < than : value > than
}

/** A measured value, short: at most four digits that mean something. */
export function valueText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1)
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)))
}
