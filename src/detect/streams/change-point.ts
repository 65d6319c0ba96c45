import type { Measure } from './measure.ts'
import { shown } from './shown.ts'
import { sortedWindow } from './sorted-window.ts'
import { inSpreads, spreadOf } from './spread.ts'

type State = { readonly lately: readonly number[]; readonly before: readonly number[] }

const LATELY = 10
const BEFORE = 240
const WARM_UP = 30

/** The level moved: median of the last 10 samples against that of the 240 before them. One outlier moves neither. */
export const changePoint: Measure<State> = {
  name: 'change-point',
  warmUp: WARM_UP + LATELY,
  for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
  begin: (_, saved) => {
    const lately = sortedWindow(LATELY, saved?.lately)
    const queue = [...(saved?.lately ?? [])]
    const before = sortedWindow(BEFORE, saved?.before)
    let words = ''
    return {
      next: (_at, value) => {
        lately.push(value)
        queue.push(value)
        const left = queue.length > LATELY ? queue.shift() : undefined
        const [was, is, spread] = [before.quantile(0.5), lately.quantile(0.5), spreadOf(before)]
        const deviation = before.length < WARM_UP ? Number.NaN : inSpreads(is - was, spread)
        words = `level was ${shown(was)} give or take ${shown(spread)}, is ${shown(is)}`
        if (left !== undefined) before.push(left)
        return deviation
      },
      explain: () => words,
      save: () => ({ lately: [...queue], before: before.save() }),
    }
  },
}
