export type GrowthState = { readonly atMs: number | null; readonly count: number }

/** What a counter grew by, a second; a restart of the counter is no fall: it counts from zero again. */
export type Growth = {
  /** NaN for the first sample, and for one that is no number or not newer. */
  next(atMs: number, count: number): number
  save(): GrowthState
}

export function growthOf(saved?: GrowthState | null): Growth {
  let { atMs: last, count: before } = saved ?? { atMs: null, count: 0 }
  return {
    next: (atMs, count) => {
      if (!Number.isFinite(count) || (last !== null && atMs <= last)) return Number.NaN
      const grown = last === null ? Number.NaN : ((count < before ? count : count - before) * 1000) / (atMs - last)
      last = atMs
      before = count
      return grown
    },
    save: () => ({ atMs: last, count: before }),
  }
}
