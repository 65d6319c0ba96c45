import type { Json } from '../../lib/json.ts'
import type { SeriesKind } from '../../domain/series.ts'
import type { About, Stream, StreamDetector } from './stream.ts'
import { tailOf } from './tail.ts'

/** Measures how far a sample is from what its series did so far. What is rare for this series is not its business. */
export type Measure<State extends Json = Json> = {
  readonly name: string
  readonly warmUp: number
  readonly for: readonly SeriesKind[]
  begin(about: About, saved?: State): Measuring<State>
}

export type Measuring<State extends Json = Json> = {
  /** In standard deviations of what is usual, or a like unit without scale: 0 as ever, no upper end, NaN for no opinion. */
  next(atMs: number, value: number): number
  explain(): string
  save(): State
}

type Saved<State extends Json> = { readonly measure: State; readonly tail: readonly number[]; readonly ignored: number }

/** Samples before a tail can be told, beyond those of the measure. */
const TAIL_WARM_UP = 20

/** A measure as a detector: its deviations on the one scale of all detectors. */
export function detectorOf<State extends Json>(measure: Measure<State>): StreamDetector<Saved<State>> {
  const { name, warmUp } = measure
  return {
    name,
    warmUp: warmUp + TAIL_WARM_UP,
    for: measure.for,
    begin: (about, saved) => scored(measure.begin(about, saved?.measure), saved),
  }
}

function scored<State extends Json>(measuring: Measuring<State>, saved?: Saved<State>): Stream<Saved<State>> {
  const tail = tailOf(saved?.tail)
  let ignored = saved?.ignored ?? 0
  let last = Number.NaN
  return {
    next: (atMs, value) => {
      last = Number.NaN
      if (!Number.isFinite(value)) {
        ignored++
        return Number.NaN
      }
      const deviation = measuring.next(atMs, value)
      if (Number.isNaN(deviation)) return Number.NaN
      last = tail.next(deviation)
      return scoreOf((last + Math.log2(1 + deviation)) / 2)
    },
    explain: () => {
      const rare = Number.isNaN(last) ? 'too early to say how rare' : `one in ${Number((10 ** last).toPrecision(2))}`
      const without = ignored > 0 ? `; ${ignored} that were no numbers ignored` : ''
      return `${measuring.explain()} (${rare}${without})`
    },
    save: () => ({ measure: measuring.save(), tail: tail.save(), ignored }),
  }
}

/**
 * The one scale. Evidence is the mean of two logarithms: how rare the deviation is by its own history (log10 of samples
 * per such one), and how large (log2 of one plus deviations). A large one that comes daily is as little news as a rare
 * one of no size. A score is evidence squeezed between 0 and 1; `evidenceOf` is the way back.
 */
export function scoreOf(evidence: number): number {
  return evidence > 0 ? evidence / (1 + evidence) : Number.isNaN(evidence) ? Number.NaN : 0
}

export function evidenceOf(score: number): number {
  return score / (1 - score)
}
