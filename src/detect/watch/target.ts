import type { ResourceRef } from '../../domain/resource.ts'
import type { SeriesName, Unusual } from '../../domain/series.ts'
import { STALE_INTERVALS } from '../../domain/signal.ts'
import type { Budget } from './budget.ts'
import { createTogether, type Together } from './together.ts'
import type { Watched } from './watched.ts'

/** One target, whose series are put together, row after row. */
export type Target = {
  begin(series: number, about: Watched): void
  take(series: number, at: number, value: number, judges: number): void
  /** Answers how many are left. */
  end(series: number): number
  unusual(now: number): readonly Unusual[]
  /** Undefined until it is known which series there are. */
  together(): Together | undefined
}

type Column = { readonly about: Watched; at: number; value: number }

/** Beyond so many columns the rest is looked at one by one only. */
const MOST = 24
const FEWEST = 2
/** Nothing new came for so many rows: these are its series. */
const SETTLED_ROWS = 30

export function createTarget(ref: ResourceRef, budget: Budget, seed: number): Target {
  const columns = new Map<number, Column>()
  let model:
    | { readonly together: Together; readonly series: readonly SeriesName[]; readonly columns: readonly Column[] }
    | undefined
  let [rowAt, rows, seenAt] = [Number.NaN, 0, Number.NEGATIVE_INFINITY]

  const intervalMs = (): number => Math.max(...[...columns.values()].map(({ about }) => about.intervalMs))
  const settle = (): void => {
    const chosen = [...columns.values()]
    const series = chosen.map(({ about: { metric, labels } }) => ({ metric, labels }))
    model = { together: createTogether(series, { budget, intervalMs: intervalMs(), seed }), series, columns: chosen }
  }
  const closeRow = (judges: number): void => {
    rows++
    if (!model && rows >= SETTLED_ROWS && columns.size >= FEWEST) settle()
    const row = model?.columns.map((column) => newest(column, rowAt))
    if (row) model?.together.next(rowAt, Float64Array.from(row), judges)
  }

  return {
    begin: (series, about) => {
      if (columns.size >= MOST || about.metric.endsWith('_bucket')) return
      columns.set(series, { about, at: Number.NEGATIVE_INFINITY, value: Number.NaN })
      // A new column is another row: what was learned of the old ones does not fit.
      model = undefined
      rows = 0
    },
    take: (series, at, value, judges) => {
      const column = columns.get(series)
      if (!column) return
      if (Number.isNaN(rowAt)) rowAt = at
      if (at - rowAt >= intervalMs()) {
        closeRow(judges)
        rowAt = at
      }
      column.at = at
      column.value = value
      seenAt = at
    },
    end: (series) => {
      if (columns.delete(series)) {
        model = undefined
        rows = 0
      }
      return columns.size
    },
    unusual: (now) => {
      const standing = model?.together.standing()
      if (!model || !standing || now - seenAt > STALE_INTERVALS * intervalMs()) return []
      const { shares, ...rest } = standing
      return [{ ...rest, target: ref, series: model.series, detector: model.together.model.name, shares }]
    },
    together: () => model?.together,
  }
}

/** A value that is too old is none. */
function newest({ about, at, value }: Column, now: number): number {
  return now - at > STALE_INTERVALS * about.intervalMs ? Number.NaN : value
}
