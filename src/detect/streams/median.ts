import type { Measure } from './measure.ts'
import { shown } from './shown.ts'
import { sortedWindow } from './sorted-window.ts'
import { inSpreads, spreadOf } from './spread.ts'

type State = { readonly values: readonly number[] }

const WINDOW = 240
const WARM_UP = 20

/** Distance from the median of the last 240 samples, by their robust spread: an outlier in the past does no harm. */
export const median: Measure<State> = {
  name: 'median',
  warmUp: WARM_UP,
  for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
  begin: (_, saved) => {
    const past = sortedWindow(WINDOW, saved?.values)
    let words = ''
    return {
      next: (_at, value) => {
        const middle = past.quantile(0.5)
        const spread = spreadOf(past)
        const deviation = past.length < WARM_UP ? Number.NaN : inSpreads(value - middle, spread)
        words = `median ${shown(middle)} give or take ${shown(spread)}, came ${shown(value)}`
        past.push(value)
        return deviation
      },
      explain: () => words,
      save: () => ({ values: past.save() }),
    }
  },
}
