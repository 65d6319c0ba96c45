import type { Measure } from './measure.ts'
import { shown } from './shown.ts'
import { sortedWindow } from './sorted-window.ts'
import { inSpreads, spreadOf } from './spread.ts'

type State = { readonly last: number | null; readonly steps: readonly number[] }

const WINDOW = 1000
const WARM_UP = 20

/** How fast it moves: the step from sample to sample against the usual steps. */
export const rate: Measure<State> = {
  name: 'rate',
  warmUp: WARM_UP + 1,
  for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
  begin: (_, saved) => {
    const steps = sortedWindow(WINDOW, saved?.steps)
    let last = saved?.last ?? Number.NaN
    let words = ''
    return {
      next: (_at, value) => {
        const step = value - last
        last = value
        if (Number.isNaN(step)) return Number.NaN
        const spread = spreadOf(steps)
        const deviation = steps.length < WARM_UP ? Number.NaN : inSpreads(step - steps.quantile(0.5), spread)
        words = `steps of ${shown(spread)} are usual, came one of ${shown(step)}`
        steps.push(step)
        return deviation
      },
      explain: () => words,
      save: () => ({ last: Number.isNaN(last) ? null : last, steps: steps.save() }),
    }
  },
}
