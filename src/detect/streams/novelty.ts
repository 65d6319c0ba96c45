import type { Measure, Measuring } from './measure.ts'
import { shown } from './shown.ts'
import { sortedWindow } from './sorted-window.ts'
import { inSpreads, spreadOf } from './spread.ts'

type State = { readonly past: readonly number[]; readonly usual: readonly number[] }

/** Shapes remembered. The nearest is looked for among all of them, so this bounds the work. */
const MEMORY = 500
const USUAL = 1000
const WARM_UP = 60

/**
 * A shape never seen: distance of the last `width` samples from the nearest of the last 500 such, none of which shares
 * a sample with it (a left discord, as of Yankov et al. 2008, with a bounded memory).
 */
export function novelty(width: number): Measure<State> {
  return {
    name: `novelty-${width}`,
    warmUp: WARM_UP + 2 * width,
    for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
    begin: (_, saved) => begin(width, saved),
  }
}

function begin(width: number, saved?: State): Measuring<State> {
  // The oldest first. Shapes that touch share samples, and so do the shapes remembered: all stand in one stretch.
  const most = MEMORY + 2 * width
  const past = new Float64Array(Math.ceil(1.2 * most))
  past.set(saved?.past ?? [])
  let length = saved?.past.length ?? 0
  let from = 0
  const usual = sortedWindow(USUAL, saved?.usual)

  const take = (value: number): void => {
    if (from + length === past.length) {
      past.copyWithin(0, from, from + length)
      from = 0
    }
    past[from + length] = value
    if (length < most) length++
    else from++
  }
  /** Where the last shape begins; the ones before it end before that. */
  const newest = (): number => from + length - width
  const shapes = (): number => Math.max(0, length - 2 * width)

  return {
    next: (_, value) => {
      take(value)
      usual.push(value)
      if (shapes() < WARM_UP) return Number.NaN
      return inSpreads(nearest(past, newest(), from, shapes(), width), spreadOf(usual))
    },
    explain: () => {
      const shape = [...past.subarray(newest(), from + length)].map(shown).join(', ')
      return `the last ${width} samples (${shape}) are like none of ${shapes()} before`
    },
    save: () => ({ past: [...past.subarray(from, from + length)], usual: usual.save() }),
  }
}

/** Euclidean, among `count` shapes from `first` on. A shape is left as soon as it is farther than the nearest so far. */
function nearest(past: Float64Array, shape: number, first: number, count: number, width: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let start = first; start < first + count; start++) {
    let sum = 0
    for (let i = 0; i < width && sum < best; i++) {
      const off = (past[shape + i] ?? 0) - (past[start + i] ?? 0)
      sum += off * off
    }
    if (sum < best) best = sum
  }
  return Math.sqrt(best)
}
