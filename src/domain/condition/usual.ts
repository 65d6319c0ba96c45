import { resolved } from './aliases.ts'
import { metricsOf, THRESHOLD, USUAL_SAMPLES, type Expression } from './ast.ts'
import { bind, unseen, type Bound, type Scope } from './bind.ts'
import { median, newestAt } from './over-time.ts'

/**
 * Both sides of a comparison. `threshold` without a value of its own is what is usual for the other side, so that
 * `qps > threshold * 2` is twice the usual load.
 */
export function bindSides(left: Expression, right: Expression, scope: Scope): readonly [Bound, Bound] {
  const [a, b] = [learns(left, scope), learns(right, scope)]
  if (!a && !b) return [bind(left, scope), bind(right, scope)]
  const usual = a && b ? unseen('threshold stands on both sides') : usualOf(bind(a ? right : left, scope), scope.now)
  return [bind(left, { ...scope, usual }), bind(right, { ...scope, usual })]
}

function learns(side: Expression, { params, aliases }: Scope): boolean {
  return params?.[THRESHOLD] === undefined && metricsOf(resolved(side, aliases)).includes(THRESHOLD)
}

/** The median over the newest samples up to now, the same at every moment; unseen until there are enough of them. */
function usualOf(of: Bound, now: number): Bound {
  let known: { readonly value: number; readonly count: number } | undefined
  const learnt = (): { readonly value: number; readonly count: number } => (known ??= learn(of, now))
  const { least } = USUAL_SAMPLES
  return {
    at: () => (learnt().count < least ? Number.NaN : learnt().value),
    why: () => `what is usual is not known yet: ${learnt().count} of at least ${least} samples`,
    series: [],
  }
}

function learn(of: Bound, now: number): { value: number; count: number } {
  const pace = of.series.toSorted((a, b) => b.length - a.length)[0]
  const newest = pace ? newestAt(pace, now) : -1
  const count = Math.min(newest + 1, USUAL_SAMPLES.most)
  const times = Array.from({ length: count }, (_, i) => pace?.timeAt(newest - i) ?? now)
  const values = Float64Array.from(times.map(of.at).filter(Number.isFinite))
  return { value: median(values), count: values.length }
}
