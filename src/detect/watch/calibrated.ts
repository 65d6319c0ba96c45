import { scoreOf } from '../streams/measure.ts'
import { tailOf } from '../streams/tail.ts'

/** Puts deviations of any kind on the one scale of scores: how rare by their own history, and how large. */
export type Calibrated = { next(deviation: number): number; save(): readonly number[] }

const DAY_MS = 86_400_000

/** As the ensemble does for one series: equal scores mean equally many false alarms a day, whatever the interval. */
export function calibrated(intervalMs: number, saved?: readonly number[]): Calibrated {
  const tail = tailOf(saved)
  const perDay = Math.log10(DAY_MS / intervalMs) / 2
  return {
    next: (deviation) => {
      if (!Number.isFinite(deviation)) return Number.NaN
      return scoreOf((tail.next(deviation) + Math.log2(1 + deviation)) / 2 - perDay + 1)
    },
    save: () => tail.save(),
  }
}
