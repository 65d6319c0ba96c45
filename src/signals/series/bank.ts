import type { SampleBatch } from '../../domain/batch.ts'
import { REFUSED, SHED, type Describe, type SampleSink, type SeriesKind, type SeriesName } from '../../domain/series.ts'
import { packAbout, unpackAbout } from './about-bytes.ts'
import { kindOf } from './kind.ts'
import { Samples, type SampleCounts } from './samples.ts'
import { MAX_BLOCK_BYTES } from './slab.ts'
import { createSources, type Limited, type Source } from './sources.ts'
import { SeriesTable } from './table.ts'

export type BankOptions = {
  /** Series in all; beyond, new ones are shed. */
  readonly maxSeries: number
  /** Series of one source; absent: as many as there may be in all. */
  readonly perSource?: (source: string) => number
  /** Values that the window of every series holds. */
  readonly windowSamples?: number
  /** How many series may have a longer window (`lengthen`), and of how many values. */
  readonly long?: { readonly series: number; readonly samples: number }
  /** A number that senders cannot guess, so that none can make keys that are slow to look up. */
  readonly seed: number
  /** Is handed what has just gone into the windows. */
  readonly onBatch?: (batch: SampleBatch) => void
  readonly onBegin?: (slot: number, about: KnownSeries) => void
  /** The slot is free from now on, and may be another's at once. */
  readonly onEnd?: (slot: number) => void
}

export type KnownSeries = SeriesName & { readonly kind: SeriesKind; readonly source: string }

export type BankCounts = Readonly<SampleCounts> & {
  readonly series: number
  readonly ended: number
  readonly shed: number
}

/**
 * Every series of every source, in typed arrays by slot: 120 values and what is needed to know it again take about 700
 * bytes. Slots stay a series' own until `sweep` ends it, which is to be called between two bodies.
 */
export type SeriesBank = {
  /** Where a decoder puts what this source sent; the same sink for the same source. */
  sinkFor(source: string): SampleSink
  /** Takes in what was pushed and waits for more; what is asked below is as of then, without calling it. */
  flush(): void
  /** @throws RangeError where no series has the slot; so do all that take one */
  about(slot: number): KnownSeries
  /** The newest sample, and how often one comes (0: not known yet); undefined before the first, and when ended. */
  newest(slot: number): { readonly at: number; readonly value: number; readonly intervalMs: number } | undefined
  /** A copy of the values, oldest first; of a counter what it grew by, a second. */
  windowOf(slot: number): Float32Array
  /** See `Take`: in no order, and not to be kept. */
  ringOf(slot: number): Float32Array
  /** Gives a series a long window, that begins with what its short one holds; false where there is none left. */
  lengthen(slot: number): boolean
  forEachNewest(visit: (slot: number, at: number, value: number) => void): void
  /**
   * Looks at the next so many slots, and ends series that ended themselves or of which nothing came for an hour beyond
   * three of their intervals.
   *
   * @returns how many ended
   */
  sweep(now: number, slots: number): number
  /** What a sender says that a metric is: for its series that begin from now on. */
  tell(metric: string, kind: SeriesKind): void
  /** Sources that have lost series to a limit since the start. */
  limited(): readonly Limited[]
  counts(): BankCounts
}

const DEFAULT_WINDOW = 120
const NO_LONG = { series: 0, samples: 1 }
const KEEP_STALE_MS = 3_600_000
/** One that said it ends may come back: it is ended for good after this, or at once where there is no room. */
const KEEP_ENDED_MS = 300_000
const STALE_INTERVALS = 3
/** Metrics whose kind is kept as told; there are never so many that are real. */
const MOST_TOLD = 50_000

export function createSeriesBank(options: BankOptions): SeriesBank {
  const { maxSeries, windowSamples = DEFAULT_WINDOW, long = NO_LONG, onBatch, seed } = options
  const table = new SeriesTable(seed)
  const samples = new Samples({ windowSamples, long, ...(onBatch && { onBatch }) })
  const told = new Map<string, SeriesKind>()
  const begin = beginning(options, table, samples, (metric) => told.get(metric))
  const sources = createSources(
    (name) => options.perSource?.(name) ?? maxSeries,
    (source) => ({
      slotOf: (bytes, start, end, describe) => {
        const slot = table.find(bytes, start, end, source.number)
        return slot >= 0 ? slot : begin(source, bytes, start, end, describe)
      },
      push: (slot, at, value) => samples.push(slot, at, value),
    }),
  )
  const sweep = sweeping(table, samples, maxSeries, (slot) => {
    sources.at(table.sourceOf(slot)).series--
    samples.end(slot)
    table.remove(slot)
    options.onEnd?.(slot)
  })
  /** What is asked is answered as of now. */
  const flushed = (): Samples => {
    samples.flush()
    return samples
  }
  return {
    sinkFor: sources.sinkFor,
    flush: () => samples.flush(),
    about: (slot) => ({
      ...unpackAbout(table.moreOf(slot)),
      kind: samples.kind(slot),
      source: sources.at(table.sourceOf(slot)).name,
    }),
    newest: (slot) => newestOf(flushed(), slot),
    windowOf: (slot) => flushed().windowOf(slot),
    ringOf: (slot) => samples.ringOf(slot),
    lengthen: (slot) => flushed().lengthen(slot),
    forEachNewest: (visit) => {
      samples.flush()
      for (let slot = 0; slot < table.end; slot++) {
        const value = table.sourceOf(slot) < 0 ? Number.NaN : samples.newest(slot)
        if (!Number.isNaN(value)) visit(slot, samples.newestAt(slot), value)
      }
    },
    sweep: (now, slots) => {
      samples.flush()
      return sweep.next(now, slots)
    },
    tell: (metric, kind) => {
      if (told.size < MOST_TOLD || told.has(metric)) told.set(metric, kind)
    },
    limited: sources.limited,
    counts: () => ({ ...flushed().counts, series: table.size, ended: sweep.ended(), shed: sources.shed() }),
  }
}

type Begin = (source: Source, bytes: Uint8Array, start: number, end: number, describe: Describe) => number

function beginning(
  { maxSeries, onBegin }: BankOptions,
  table: SeriesTable,
  samples: Samples,
  told: (metric: string) => SeriesKind | undefined,
): Begin {
  const scratch = new Uint8Array(MAX_BLOCK_BYTES)
  return (source, bytes, start, end, describe) => {
    if (source.series >= source.most || table.size >= maxSeries) {
      source.shed++
      return SHED
    }
    const about = describe(bytes, start, end)
    if (typeof about === 'string') return REFUSED
    const length = packAbout(about, scratch)
    const slot = length < 0 ? -1 : table.add(bytes, start, end, source.number, scratch, length)
    if (slot < 0) return REFUSED
    const kind = about.kind ?? told(about.metric) ?? kindOf(about.metric)
    samples.begin(slot, kind)
    source.series++
    onBegin?.(slot, { ...about, kind, source: source.name })
    return slot
  }
}

type Sweep = { next(now: number, slots: number): number; ended(): number }

/** Goes round and round over all slots, a few at a time. */
function sweeping(table: SeriesTable, samples: Samples, maxSeries: number, end: (slot: number) => void): Sweep {
  let [at, ended] = [-1, 0]
  const isOver = (slot: number, now: number): boolean => {
    const age = now - samples.newestAt(slot)
    if (Number.isNaN(samples.newest(slot))) return age > KEEP_ENDED_MS || table.size >= maxSeries
    return age > KEEP_STALE_MS + STALE_INTERVALS * samples.intervalMs(slot)
  }
  return {
    next: (now, slots) => {
      const before = ended
      for (let i = Math.min(slots, table.end); i > 0; i--) {
        at = at + 1 < table.end ? at + 1 : 0
        if (table.sourceOf(at) < 0 || !isOver(at, now)) continue
        end(at)
        ended++
      }
      return ended - before
    },
    ended: () => ended,
  }
}

function newestOf(samples: Samples, slot: number): ReturnType<SeriesBank['newest']> {
  const value = samples.newest(slot)
  if (Number.isNaN(value)) return undefined
  return { at: samples.newestAt(slot), value, intervalMs: samples.intervalMs(slot) }
}
