import type { Measure } from './measure.ts'
import { shown } from './shown.ts'

type State = { readonly last: number | null; readonly run: number; readonly longest: number; readonly changes: number }

/** Runs that ended, before the longest of them says what is usual. */
const ENOUGH_CHANGES = 10

/** It stands still for longer than ever: how many times the longest run of equal values. What never moved is not still. */
export const flatLine: Measure<State> = {
  name: 'flat-line',
  warmUp: ENOUGH_CHANGES,
  for: ['gauge', 'ratio', 'latency'],
  begin: (_, saved) => {
    let { last, run, longest, changes } = saved ?? { last: null, run: 0, longest: 0, changes: 0 }
    return {
      next: (_at, value) => {
        if (value === last) run++
        else {
          longest = Math.max(longest, run)
          changes += last === null ? 0 : 1
          run = 1
          last = value
        }
        if (changes < ENOUGH_CHANGES) return Number.NaN
        return Math.max(0, run - longest) / longest
      },
      explain: () => `${run} samples in a row at ${shown(last ?? Number.NaN)}, at most ${longest} before`,
      save: () => ({ last, run, longest, changes }),
    }
  },
}
