/** Buckets on one side of zero as native histograms tell them: runs of indexes, and a count for each index in them. */
export type Side = {
  /** How far a run begins behind the one before, or behind index 0. */
  readonly gaps: number[]
  readonly lengths: number[]
  readonly counts: number[]
}

/** A native histogram. Bucket `i` ends at `2 ** (i / 2 ** schema)`, or with schema -53 at `bounds[i]`. */
export type Native = {
  count: number
  schema: number
  zeroThreshold: number
  zeroCount: number
  readonly positive: Side
  readonly negative: Side
  bounds: readonly number[]
}

/** How many were at most `le`, as classic histograms count. */
export type Bucket = { readonly le: string; readonly count: number }

const OWN_BOUNDS = -53
const MOST_BUCKETS = 200

/**
 * The buckets of a classic histogram, the last `+Inf`; at most one for each doubling, so that a native histogram is not
 * hundreds of series. Only those with something in them are there, and what was there once stays, as counters do. Answers
 * why, where what it says cannot be.
 */
export function bucketsOf(native: Native): readonly Bucket[] | string {
  const { schema, count, zeroCount, zeroThreshold } = native
  if (schema !== OWN_BOUNDS && !(schema >= -4 && schema <= 8)) return `a native histogram has schema ${schema}`
  const positive = byBound(native, native.positive, (index) => boundOf(native, index))
  // Below zero a bucket reaches up to where the next one nearer to zero begins.
  const negative = byBound(native, native.negative, (index) => -boundOf(native, index - 1))
  if (!positive || !negative) return 'the runs of a native histogram do not fit its buckets'
  const all = [...negative.reverse(), ...(zeroCount > 0 ? [[zeroThreshold, zeroCount] as const] : []), ...positive]
  if (all.length > MOST_BUCKETS) return `a native histogram has more than ${MOST_BUCKETS} buckets`
  let sum = 0
  const buckets = all.map(([bound, own]) => ({ le: String(bound), count: (sum += own) }))
  return [...buckets, { le: '+Inf', count }]
}

/** Counts by bound, nearest to zero first; what ends nowhere is only in `+Inf`. */
function byBound(native: Native, side: Side, bound: (index: number) => number): [number, number][] | undefined {
  const found = new Map<number, number>()
  let index = 0
  let next = 0
  for (const [run, length] of side.lengths.entries()) {
    index += side.gaps[run] as number
    if (length > side.counts.length - next) return undefined
    for (const end = next + length; next < end; next++, index++) {
      const at = bound(coarse(native.schema, index))
      if (Number.isFinite(at)) found.set(at, (found.get(at) ?? 0) + (side.counts[next] as number))
    }
  }
  return next === side.counts.length ? [...found] : undefined
}

/** The index of the bucket of schema 0 that holds the one given; coarser ones stay as they are. */
function coarse(schema: number, index: number): number {
  return schema > 0 ? Math.ceil(index / 2 ** schema) : index
}

function boundOf({ schema, bounds }: Native, index: number): number {
  if (schema === OWN_BOUNDS) return bounds[index] ?? Number.POSITIVE_INFINITY
  return 2 ** (index * 2 ** Math.max(-schema, 0))
}
