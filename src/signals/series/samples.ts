import type { SampleBatch } from '../../domain/batch.ts'
import type { SeriesKind } from '../../domain/series.ts'
import { CHUNK_BITS, CHUNK_MASK, grown } from '../../lib/chunks.ts'

/** What became of all samples since the start. */
export type SampleCounts = {
  samples: number
  /** As old as the newest of its series, or older. */
  duplicate: number
  late: number
  /** Infinite, or beyond what can be reckoned with. */
  odd: number
  /** Counters that began again from zero. */
  resets: number
}

export type SampleOptions = {
  readonly windowSamples: number
  readonly long: { readonly series: number; readonly samples: number }
  /** Is handed what has just gone into the windows. */
  readonly onBatch?: (batch: SampleBatch) => void
}

const KINDS: readonly SeriesKind[] = ['counter', 'gauge', 'ratio', 'latency', 'histogram']
const COUNTER = KINDS.indexOf('counter')

/** By slot, in one line of the cache. `LONG` is the number of its long window plus one, 0 for none. */
const [AT, NEWEST, ORIGIN, INTERVAL, NEXT, SEEN, KIND, LONG, WIDTH] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
/** Of a long window: where the next goes, and how many came. */
const [LONG_NEXT, LONG_SEEN, LONG_WIDTH] = [0, 1, 2]
/** A square of it is far from the end of float64, and what a counter of it grows by from that of float32. */
const MOST = 1e30
/** A difference below this share of the value is what rounding left of none. */
const ROUNDING = 1e-12

/** Samples that are taken in at once. */
const BATCH = 512

/**
 * The samples of every series by its slot: the newest, and the windows. They wait in columns until there are enough of
 * them, or somebody flushes; what is asked without that is as of then. A class, unlike most here: the innermost loop.
 */
export class Samples {
  readonly counts: SampleCounts = { samples: 0, duplicate: 0, late: 0, odd: 0, resets: 0 }
  readonly #rows: Float64Array[] = []
  readonly #rings: Float32Array[] = []
  readonly #window: number
  readonly #long: SampleOptions['long']
  readonly #longRows: Float64Array[] = []
  readonly #longRings: Float32Array[] = []
  readonly #longFree: number[] = []
  #longEnd = 0
  readonly #onBatch: SampleOptions['onBatch']
  #waiting = 0
  /** What waits, with values as they came; once flushed what went into the windows. */
  readonly #batch: SampleBatch & { length: number } = {
    length: 0,
    slots: new Int32Array(BATCH),
    ats: new Float64Array(BATCH),
    distances: new Float64Array(BATCH),
    olds: new Float64Array(BATCH),
    seens: new Float64Array(BATCH),
  }

  constructor({ windowSamples, long, onBatch }: SampleOptions) {
    this.#window = windowSamples
    this.#long = long
    this.#onBatch = onBatch
  }

  /** Nothing may wait for a series that had the slot before. */
  begin(slot: number, kind: SeriesKind): void {
    const row = this.#rows[slot >> CHUNK_BITS] ?? grown(this.#rows, slot, WIDTH, Float64Array)
    if (!this.#rings[slot >> CHUNK_BITS]) grown(this.#rings, slot, this.#window, Float32Array)
    const i = (slot & CHUNK_MASK) * WIDTH
    row.fill(0, i, i + WIDTH)
    row[i + AT] = Number.NEGATIVE_INFINITY
    row[i + NEWEST] = Number.NaN
    row[i + KIND] = KINDS.indexOf(kind)
  }

  end(slot: number): void {
    const long = this.#read(slot, LONG)
    if (long > 0) this.#longFree.push(long - 1)
  }

  push(slot: number, at: number, value: number): void {
    const { slots, ats, distances } = this.#batch
    const k = this.#waiting
    slots[k] = slot
    ats[k] = at
    distances[k] = value
    this.#waiting = k + 1
    if (k + 1 === BATCH) this.flush()
  }

  /** Takes in what waits. */
  flush(): void {
    if (this.#waiting === 0) return
    const batch = this.#batch
    batch.length = this.#takeIn(this.#waiting)
    this.#waiting = 0
    if (batch.length > 0) this.#onBatch?.(batch)
  }

  /** @returns how many are in the windows now; their columns are the first of the batch */
  #takeIn(waiting: number): number {
    const { slots, ats, distances, olds, seens } = this.#batch
    const window = this.#window
    let kept = 0
    for (let k = 0; k < waiting; k++) {
      const slot = slots[k] ?? 0
      const at = ats[k] ?? 0
      const row = this.#rows[slot >> CHUNK_BITS]
      const ring = this.#rings[slot >> CHUNK_BITS]
      if (!row || !ring) continue
      const i = (slot & CHUNK_MASK) * WIDTH
      const level = this.#levelOf(row, i, at, distances[k] ?? 0)
      if (level !== level) continue
      const seen = row[i + SEEN] ?? 0
      if (seen === 0) row[i + ORIGIN] = level
      const origin = row[i + ORIGIN] ?? 0
      const exact = level - origin
      const distance = Math.abs(exact) > ROUNDING * Math.abs(origin) ? Math.fround(exact) : 0
      const next = row[i + NEXT] ?? 0
      const place = (slot & CHUNK_MASK) * window + next
      olds[kept] = seen < window ? Number.NaN : (ring[place] ?? 0)
      ring[place] = distance
      row[i + NEXT] = next + 1 === window ? 0 : next + 1
      row[i + SEEN] = seen + 1
      if (row[i + LONG] !== 0) this.#keepLong((row[i + LONG] ?? 0) - 1, distance)
      slots[kept] = slot
      ats[kept] = at
      distances[kept] = distance
      seens[kept++] = seen
    }
    return kept
  }

  /** What goes into the window: of a counter what it grew by, a second. NaN for nothing. */
  #levelOf(row: Float64Array, i: number, at: number, value: number): number {
    const before = row[i + AT] ?? 0
    if (!(at > before && Math.abs(value) < MOST)) return this.#notTaken(row, i, at, value)
    this.counts.samples++
    const last = row[i + NEWEST] ?? 0
    const gap = at - before
    row[i + AT] = at
    row[i + NEWEST] = value
    if (last === last) row[i + INTERVAL] = intervalOf(row[i + INTERVAL] ?? 0, gap)
    if (row[i + KIND] !== COUNTER) return value
    if (value < last) this.counts.resets++
    return ((value < last ? value : value - last) * 1000) / gap
  }

  #keepLong(long: number, distance: number): void {
    const row = this.#longRows[long >> CHUNK_BITS]
    const ring = this.#longRings[long >> CHUNK_BITS]
    if (!row || !ring) return
    const i = (long & CHUNK_MASK) * LONG_WIDTH
    const next = row[i + LONG_NEXT] ?? 0
    ring[(long & CHUNK_MASK) * this.#long.samples + next] = distance
    row[i + LONG_NEXT] = next + 1 === this.#long.samples ? 0 : next + 1
    row[i + LONG_SEEN] = (row[i + LONG_SEEN] ?? 0) + 1
  }

  /** A stale marker ends the series, until a number comes again. What came again, too late or is infinite is counted. */
  #notTaken(row: Float64Array, i: number, at: number, value: number): number {
    const before = row[i + AT] ?? 0
    if (at === before) this.counts.duplicate++
    else if (!(at > before)) this.counts.late++
    else if (value === value) this.counts.odd++
    else {
      row[i + AT] = at
      row[i + NEWEST] = Number.NaN
      row[i + NEXT] = 0
      row[i + SEEN] = 0
      const long = (row[i + LONG] ?? 0) - 1
      if (long >= 0) this.#clearLong(long)
    }
    return Number.NaN
  }

  #clearLong(long: number): void {
    const row = this.#longRows[long >> CHUNK_BITS]
    row?.fill(0, (long & CHUNK_MASK) * LONG_WIDTH, ((long & CHUNK_MASK) + 1) * LONG_WIDTH)
  }

  /** Gives a series a long window, that begins with what its short one holds; false where there is none left. */
  lengthen(slot: number): boolean {
    if (this.#read(slot, LONG) > 0) return true
    if (this.#longFree.length === 0 && this.#longEnd >= this.#long.series) return false
    const long = this.#longFree.pop() ?? this.#longEnd++
    if (!this.#longRows[long >> CHUNK_BITS]) {
      grown(this.#longRows, long, LONG_WIDTH, Float64Array)
      grown(this.#longRings, long, this.#long.samples, Float32Array)
    }
    this.#clearLong(long)
    for (const distance of this.#distances(slot)) this.#keepLong(long, distance)
    const row = this.#rows[slot >> CHUNK_BITS]
    if (row) row[(slot & CHUNK_MASK) * WIDTH + LONG] = long + 1
    return true
  }

  /** Distances as `Take` says them, in no order; what they stand in is the window itself: not to be kept, nor written. */
  ringOf(slot: number): Float32Array {
    const from = (slot & CHUNK_MASK) * this.#window
    const length = Math.min(this.#read(slot, SEEN), this.#window)
    return this.#rings[slot >> CHUNK_BITS]?.subarray(from, from + length) ?? new Float32Array(0)
  }

  /** Values, oldest first: the long window where there is one. */
  windowOf(slot: number): Float32Array {
    const long = this.#read(slot, LONG) - 1
    const distances = long < 0 ? this.#distances(slot) : this.#longDistances(long)
    const origin = this.#read(slot, ORIGIN)
    return distances.map((distance) => origin + distance)
  }

  #distances(slot: number): Float32Array {
    return inOrder(this.ringOf(slot), this.#read(slot, NEXT), this.#window)
  }

  #longDistances(long: number): Float32Array {
    const row = this.#longRows[long >> CHUNK_BITS]
    const i = (long & CHUNK_MASK) * LONG_WIDTH
    const { samples } = this.#long
    const from = (long & CHUNK_MASK) * samples
    const length = Math.min(row?.[i + LONG_SEEN] ?? 0, samples)
    const ring = this.#longRings[long >> CHUNK_BITS]?.subarray(from, from + length)
    return inOrder(ring ?? new Float32Array(0), row?.[i + LONG_NEXT] ?? 0, samples)
  }

  /** Epoch milliseconds; -Infinity where none came yet. */
  newestAt(slot: number): number {
    return this.#read(slot, AT)
  }

  /** As it came; NaN where none came yet, or the series has ended. */
  newest(slot: number): number {
    return this.#read(slot, NEWEST)
  }

  /** Milliseconds between two samples, as learned; 0 before the second. */
  intervalMs(slot: number): number {
    return this.#read(slot, INTERVAL)
  }

  kind(slot: number): SeriesKind {
    return KINDS[this.#read(slot, KIND)] ?? 'gauge'
  }

  #read(slot: number, column: number): number {
    return this.#rows[slot >> CHUNK_BITS]?.[(slot & CHUNK_MASK) * WIDTH + column] ?? 0
  }
}

/** Follows slowly, and takes a gap for a gap: it counts for two at most. */
function intervalOf(intervalMs: number, gapMs: number): number {
  return intervalMs === 0 ? gapMs : intervalMs + (Math.min(gapMs, 2 * intervalMs) - intervalMs) / 8
}

/** A copy, oldest first. */
function inOrder(ring: Float32Array, next: number, size: number): Float32Array {
  const copy = new Float32Array(ring.length)
  const from = ring.length < size ? 0 : next
  copy.set(ring.subarray(from))
  copy.set(ring.subarray(0, from), ring.length - from)
  return copy
}
