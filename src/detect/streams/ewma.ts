import type { Measure } from './measure.ts'
import { shown } from './shown.ts'
import { inSpreads } from './spread.ts'

type State = { readonly mean: number; readonly error: number; readonly count: number }

/** The mean follows within about ten samples, the usual error within about a hundred. */
const FAST = 0.1
const SLOW = 0.01
const WARM_UP = 20
/** One error counts for ten usual ones at most, so that one fault does not blind for the next. */
const CLIP = 10

/** Distance from an exponentially weighted mean, by the usual such distance. */
export const ewma: Measure<State> = {
  name: 'ewma',
  warmUp: WARM_UP,
  for: [],
  begin: (_, saved) => {
    let { mean, error, count } = saved ?? { mean: 0, error: 0, count: 0 }
    let words = ''
    return {
      next: (_at, value) => {
        if (count++ === 0) mean = value
        const off = Math.abs(value - mean)
        const deviation = count <= WARM_UP ? Number.NaN : inSpreads(off, error)
        words = `mean lately ${shown(mean)} give or take ${shown(error)}, came ${shown(value)}`
        mean += FAST * (value - mean)
        const counted = count > WARM_UP && error > 0 ? Math.min(off, CLIP * error) : off
        error += Math.max(SLOW, 1 / count) * (counted - error)
        return deviation
      },
      explain: () => words,
      save: () => ({ mean, error, count }),
    }
  },
}
