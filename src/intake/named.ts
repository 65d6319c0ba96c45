import type { SampleSink, SeriesName } from '../domain/series.ts'
import type { NumberedSamples } from './messages.ts'
import { collector } from './numbered.ts'

type Known = SeriesName & { readonly source: string }

/** The series that policies, objectives, rules or guards read, by their metrics: what comes of them is told on. */
export type Named = {
  /** A sink that passes everything on to another, and notes what is named. */
  beside(sink: SampleSink): SampleSink
  /** A series has begun in this slot, or it is another's from now on. */
  begin(slot: number, series: Known): void
  end(slot: number): void
  /** From now on these metrics are named. `known` are the series that are there already. */
  rename(metrics: Iterable<string>, known: Iterable<readonly [number, Known]>): void
  /** What came since the last call. */
  take(): NumberedSamples | undefined
  /** How many series are told on. */
  size(): number
}

/** @param most series told on at most; what is beyond is kept in the bank only */
export function createNamed(most: number): Named {
  const out = collector()
  let metrics: ReadonlySet<string> = new Set()
  /** By slot: 0 for a series that is not named. */
  let numbers = new Int32Array(1024)
  let [size, last] = [0, 0]

  const end = (slot: number): void => {
    const number = numbers[slot] ?? 0
    if (number === 0) return
    out.end(number)
    numbers[slot] = 0
    size--
  }
  const begin = (slot: number, { metric, labels, source }: Known): void => {
    end(slot)
    if (!metrics.has(metric) || size >= most) return
    if (slot >= numbers.length) numbers = grown(numbers, slot + 1)
    numbers[slot] = ++last
    size++
    out.begin({ metric, labels, number: last, source })
  }

  return {
    beside: (sink) => ({
      slotOf: (bytes, from, to, describe) => sink.slotOf(bytes, from, to, describe),
      push(slot, at, value) {
        sink.push(slot, at, value)
        const number = numbers[slot] ?? 0
        // What is no number ends a series: main hears of it no more, and is blind to it then.
        if (number !== 0 && value === value) out.add(number, at, value)
      },
    }),
    begin,
    end,
    rename(next, known) {
      metrics = new Set(next)
      for (const [slot, series] of known) {
        const isNamed = (numbers[slot] ?? 0) !== 0
        if (isNamed !== metrics.has(series.metric)) begin(slot, series)
      }
    },
    take: () => out.take(),
    size: () => size,
  }
}

function grown(array: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const more = new Int32Array(Math.max(least, 2 * array.length))
  more.set(array)
  return more
}
