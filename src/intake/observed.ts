import type { Describe, SampleSink, SeriesName } from '../domain/series.ts'
import type { Labels, Observation, Sample } from '../domain/signal.ts'
import type { NumberedSamples } from './messages.ts'
import { collector } from './numbered.ts'

/** What sources of this process see, on its way to the worker: series by number, so that a sample is three numbers. */
export type Outbox = { pack(observation: Observation): NumberedSamples | undefined; forget(): void }

/** Beyond so many series all are numbered anew: what has ended is not told, and would be kept for ever. */
const MOST_SERIES = 200_000
/** The target stands beside the labels, under a name that no label has. */
export const TARGET = '@target'

export function createOutbox(mostSeries: number = MOST_SERIES): Outbox {
  let numbers = new Map<string, number>()
  let textOf = new WeakMap<Labels, string>()
  let last = 0
  const out = collector()
  const labelsText = (labels: Labels): string => {
    const known = textOf.get(labels)
    if (known !== undefined) return known
    const text = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
    textOf.set(labels, text)
    return text
  }
  const forget = (): void => {
    for (const number of numbers.values()) out.end(number)
    numbers = new Map()
    textOf = new WeakMap()
  }
  const numberOf = ({ metric, target, labels }: Sample, source: string): number => {
    const key = `${metric}\n${target}\n${labelsText(labels)}`
    const known = numbers.get(key)
    if (known !== undefined) return known
    if (numbers.size >= mostSeries) forget()
    numbers.set(key, ++last)
    out.begin({ number: last, source, metric, labels: { ...labels, [TARGET]: target } })
    return last
  }
  return {
    pack({ source, samples }) {
      for (const sample of samples) out.add(numberOf(sample, source), sample.at, sample.value)
      return out.take()
    },
    forget,
  }
}

/** The worker's end: puts what was packed where decoders put what they read. */
export type Inbox = { unpack(packed: NumberedSamples, sinkFor: (source: string) => SampleSink): void }

type Known = { readonly key: Uint8Array; readonly describe: Describe; readonly source: string }

export function createInbox(): Inbox {
  const known = new Map<number, Known>()
  return {
    unpack({ series, ended, numbers, at, values }, sinkFor) {
      for (const number of ended) known.delete(number)
      for (const { number, source, ...about } of series) {
        known.set(number, { key: keyOf(about), describe: () => about, source })
      }
      for (let i = 0; i < numbers.length; i++) {
        const one = known.get(numbers[i] ?? 0)
        if (!one) continue
        const sink = sinkFor(one.source)
        // Asked again for each sample: what has ended since has no slot any more.
        const slot = sink.slotOf(one.key, 0, one.key.length, one.describe)
        if (slot >= 0) sink.push(slot, at[i] ?? 0, values[i] ?? Number.NaN)
      }
    },
  }
}

const encoder = new TextEncoder()

function keyOf({ metric, labels }: SeriesName): Uint8Array {
  return encoder.encode(JSON.stringify([metric, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]))
}
