import type { SampleSink } from '../domain/series.ts'
import type { LoudSeries } from '../domain/view.ts'
import { createBanks } from '../detect/banks/banks.ts'
import { createSeriesBank, type KnownSeries } from '../signals/series/bank.ts'
import { createDecoders } from './decoders.ts'
import { createLoud, loudSeries } from './loud.ts'
import type { Delivery, IntakeCounts, NumberedSamples, Taken, WorkerOptions } from './messages.ts'
import { createNamed } from './named.ts'
import { createInbox } from './observed.ts'
import { unpacked } from './unpack.ts'

/** The inside of the worker, without the thread: bodies in, samples of named series and counts out. */
export type Desk = {
  /** `now` is epoch milliseconds. Throws UsageError on what is no body of its protocol: nothing, or a part, of it was taken in then. */
  take(delivery: Delivery, now: number): Taken
  observe(samples: NumberedSamples): void
  name(metrics: readonly string[]): void
  /** Samples of named series since the last call. */
  told(): NumberedSamples | undefined
  /** Ends some of what is stale; `now` is epoch milliseconds. */
  sweep(now: number): void
  counts(): IntakeCounts
  /** The series that are loud now, the loudest first; `now` is epoch milliseconds. */
  loudest(now: number): readonly LoudSeries[]
}

/** What a body may hold once it is unpacked. */
const MOST_UNPACKED_BYTES = 64 * 1024 * 1024
/** Series that main reads: those of tier 1. */
const MOST_NAMED = 100_000
/** Who sends beyond these counts as one: addresses come and go. */
const MOST_SOURCES = 1000
const OTHERS = 'others'
/** The window of every series, and that of its detectors. */
const WINDOW_SAMPLES = 120
const SWEPT_AT_ONCE = 20_000

export function createDesk(
  x: WorkerOptions & {
    readonly maxBytes?: number
    /** A number that senders cannot guess. */
    readonly seed: number
  },
): Desk {
  const { maxSeries, perSource, maxBytes = MOST_UNPACKED_BYTES, seed } = x
  const named = createNamed(MOST_NAMED)
  const inbox = createInbox()
  // What main has seen itself is not told to it again.
  let isOurs = false
  const bank = createSeriesBank({
    maxSeries,
    perSource: () => perSource,
    seed,
    onBegin: (slot, series) => {
      if (isOurs) named.end(slot)
      else named.begin(slot, series)
    },
    onEnd: (slot) => {
      named.end(slot)
      loud.end(slot)
    },
    windowSamples: WINDOW_SAMPLES,
    onBatch: (batch) => banks.take(batch),
  })
  const loud = createLoud()
  const banks = createBanks({
    window: { samples: WINDOW_SAMPLES, ringOf: (slot) => bank.ringOf(slot) },
    onLoud: loud.hear,
  })
  const decoders = createDecoders((metric, kind) => bank.tell(metric, kind))
  const sinkFor = sinksOf((source) => named.beside(bank.sinkFor(source)))
  const ours = new Set<string>()
  function* known(): Generator<[number, KnownSeries]> {
    const slots: number[] = []
    bank.forEachNewest((slot) => void slots.push(slot))
    for (const slot of slots) {
      const series = bank.about(slot)
      if (!ours.has(series.source)) yield [slot, series]
    }
  }
  const sum = { refused: 0 }

  return {
    take(delivery, now) {
      const { protocol, form, source } = delivery
      const before = bank.counts().shed
      const taken = decoders[protocol](unpacked(delivery, maxBytes), form, now, sinkFor(source))
      sum.refused += taken.refused
      return { ...taken, shed: bank.counts().shed - before }
    },
    observe(samples) {
      isOurs = true
      try {
        inbox.unpack(samples, (source) => {
          ours.add(source)
          return bank.sinkFor(source)
        })
      } finally {
        isOurs = false
      }
    },
    name: (metrics) => named.rename(metrics, known()),
    told: () => named.take(),
    sweep: (now) => void bank.sweep(now, SWEPT_AT_ONCE),
    counts: () => ({ ...sum, loud: loud.samples(), ...bank.counts(), named: named.size(), limited: bank.limited() }),
    loudest: (now) => loudSeries(bank, loud, now),
  }
}

/** One sink for each source, of which there are only so many. */
function sinksOf(make: (source: string) => SampleSink): (source: string) => SampleSink {
  const sinks = new Map<string, SampleSink>()
  return (source) => {
    const name = sinks.has(source) || sinks.size < MOST_SOURCES ? source : OTHERS
    const sink = sinks.get(name) ?? make(name)
    sinks.set(name, sink)
    return sink
  }
}
