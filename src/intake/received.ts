import type { ResourceRef } from '../domain/resource.ts'
import type { Labels, Observation, Sample } from '../domain/signal.ts'
import type { NumberedSamples, NumberedSeries } from './messages.ts'

/** Whose a series is by its labels, its name among them as `__name__`; else why it is nobody's. */
export type SeriesAim = (labels: Labels) => { readonly target: ResourceRef } | { readonly reason: string }

/** Named series on their targets: what the worker tells becomes observations. */
export type Received = {
  /** What was told, by source; samples of series that are nobody's are left out. `now` is epoch milliseconds. */
  observationsOf(told: NumberedSamples, now: number): readonly Observation[]
  /** Whoever is aimed at is looked up again: targets came, or rules changed. */
  aimAnew(): void
  /** The worker has begun anew, and gives its numbers anew. */
  forget(): void
  /** How many series are nobody's, and why the first of them is. */
  unaimed(): { readonly series: number; readonly reason?: string }
}

type Known = { readonly series: NumberedSeries; aimed: ReturnType<SeriesAim> }

/** @param intervalMs how often a value is expected: what misses three of these is stale */
export function createReceived(aim: SeriesAim, intervalMs: number): Received {
  const known = new Map<number, Known>()
  const aimedBy = ({ metric, labels }: NumberedSeries): ReturnType<SeriesAim> => aim({ ...labels, __name__: metric })
  return {
    observationsOf({ series, ended, numbers, at, values }, now) {
      for (const number of ended) known.delete(number)
      for (const one of series) known.set(one.number, { series: one, aimed: aimedBy(one) })
      const bySource = new Map<string, Sample[]>()
      for (let i = 0; i < numbers.length; i++) {
        const one = known.get(numbers[i] ?? 0)
        if (!one || !('target' in one.aimed)) continue
        const { metric, labels, source } = one.series
        const samples = bySource.get(source) ?? []
        bySource.set(source, samples)
        // A sender's clock may be ahead; ours decides what is to come.
        const time = Math.min(at[i] ?? now, now)
        samples.push({ metric, labels, target: one.aimed.target, at: time, value: values[i] ?? Number.NaN })
      }
      return [...bySource].map(([source, samples]) => ({ source, intervalMs, samples }))
    },
    aimAnew: () => {
      for (const one of known.values()) one.aimed = aimedBy(one.series)
    },
    forget: () => known.clear(),
    unaimed() {
      const reasons = [...known.values()].flatMap(({ aimed }) => ('reason' in aimed ? [aimed.reason] : []))
      return { series: reasons.length, ...(reasons[0] !== undefined && { reason: reasons[0] }) }
    },
  }
}
