import type { Measure } from './measure.ts'
import { shown } from './shown.ts'
import { sortedWindow } from './sorted-window.ts'

type State = { readonly last: number | null; readonly gaps: readonly number[] }

const WINDOW = 240
const WARM_UP = 20

/** Nothing came for a while: how many more intervals than is usual passed since the last sample. Seen by the next one. */
export const missing: Measure<State> = {
  name: 'missing',
  warmUp: WARM_UP + 1,
  for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
  begin: ({ intervalMs }, saved) => {
    const gaps = sortedWindow(WINDOW, saved?.gaps)
    let last = saved?.last ?? Number.NaN
    let words = ''
    return {
      next: (atMs) => {
        const gap = (atMs - last) / intervalMs
        last = atMs
        if (Number.isNaN(gap)) return Number.NaN
        const usual = Math.max(1, gaps.quantile(0.95))
        words = `at most ${shown(usual)} intervals between samples are usual, ${shown(gap)} passed`
        const deviation = gaps.length < WARM_UP ? Number.NaN : Math.max(0, gap - usual) / usual
        gaps.push(Math.max(0, gap))
        return deviation
      },
      explain: () => words,
      save: () => ({ last: Number.isNaN(last) ? null : last, gaps: gaps.save() }),
    }
  },
}
