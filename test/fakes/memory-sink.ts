import { REFUSED, SHED, type SampleSink, type SeriesAbout } from '../../src/domain/series.ts'

/** A series as it came, its samples as `[at, value]`. */
export type Taken = { readonly about: SeriesAbout; readonly samples: [number, number][] }

export type MemorySink = SampleSink & {
  readonly taken: readonly Taken[]
  /** Every sample as a line, `name{label="value"} 1 @2`, sorted. */
  lines(): string[]
}

/** A sink that keeps everything, by the very bytes that name it. */
export function memorySink(maxSeries: number = Number.POSITIVE_INFINITY): MemorySink {
  const slots = new Map<string, number>()
  const taken: Taken[] = []
  return {
    taken,
    slotOf(bytes, start, end, describe) {
      const key = Buffer.from(bytes.subarray(start, end)).toString('latin1')
      const known = slots.get(key)
      if (known !== undefined) return known
      if (taken.length >= maxSeries) return SHED
      const about = describe(bytes, start, end)
      if (typeof about === 'string') return REFUSED
      slots.set(key, taken.length)
      return taken.push({ about, samples: [] }) - 1
    },
    push(slot, at, value) {
      taken[slot]!.samples.push([at, value])
    },
    lines: () => taken.flatMap(({ about, samples }) => samples.map((sample) => lineOf(about, sample))).sort(),
  }
}

function lineOf({ metric, labels }: SeriesAbout, [at, value]: [number, number]): string {
  const pairs = Object.entries(labels).map(([name, label]) => `${name}=${JSON.stringify(label)}`)
  return `${metric}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value} @${at}`
}
