import { shown } from './shown.ts'
import { sortedWindow } from './sorted-window.ts'
import { spreadOf } from './spread.ts'

export type LearnedState = { readonly values: readonly number[]; readonly seen: number; readonly ignored: number }

/** What a series turned out to be like. */
export type Learned = {
  take(value: number): void
  /** One sentence. */
  words(): string
  save(): LearnedState
}

const WINDOW = 240
/** Samples before it dares to say anything. */
const ENOUGH = 40

export function learned(saved?: LearnedState): Learned {
  const values = sortedWindow(WINDOW, saved?.values)
  let { seen, ignored } = saved ?? { seen: 0, ignored: 0 }
  const words = (): string => {
    if (values.length < ENOUGH) return `still learning: ${values.length} of ${ENOUGH} samples`
    const [low, middle, high] = [0.05, 0.5, 0.95].map((q) => values.quantile(q))
    if (spreadOf(values) === 0) return `always ${shown(middle ?? 0)} so far`
    // More than half of the values are one and the same.
    const rests = values.quantile(0.25) === values.quantile(0.75)
    const shape = rests ? `rests at ${shown(middle ?? 0)}, and moves` : `moves around ${shown(middle ?? 0)}`
    return `${shape}, mostly between ${shown(low ?? 0)} and ${shown(high ?? 0)}`
  }
  return {
    take: (value) => {
      if (!Number.isFinite(value)) return void ignored++
      seen++
      values.push(value)
    },
    words: () => `${words()} (${seen} samples${ignored > 0 ? `, ${ignored} that were no numbers ignored` : ''})`,
    save: () => ({ values: values.save(), seen, ignored }),
  }
}
