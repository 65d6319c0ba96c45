import type { SampleSink } from '../../domain/series.ts'

export type Source = {
  readonly name: string
  readonly number: number
  /** Series that it may have. */
  readonly most: number
  series: number
  shed: number
}

/** A source that sent more series than it may: how many it has, and how often a new one was not taken in. */
export type Limited = { readonly source: string; readonly series: number; readonly shed: number }

/** Who sends, by name and by number. */
export type Sources = {
  /** The same for the same name, made with its first use. */
  sinkFor(name: string): SampleSink
  /** @throws RangeError where there is none */
  at(number: number): Source
  limited(): readonly Limited[]
  shed(): number
}

export function createSources(most: (name: string) => number, sinkOf: (source: Source) => SampleSink): Sources {
  const all: Source[] = []
  const sinks = new Map<string, SampleSink>()
  return {
    sinkFor: (name) => {
      const known = sinks.get(name)
      if (known) return known
      const source: Source = { name, number: all.length, most: most(name), series: 0, shed: 0 }
      const sink = sinkOf(source)
      all.push(source)
      sinks.set(name, sink)
      return sink
    },
    at: (number) => {
      const source = all[number]
      if (!source) throw new RangeError(`no source has number ${number}`)
      return source
    },
    limited: () => all.filter(({ shed }) => shed > 0).map(({ name, series, shed }) => ({ source: name, series, shed })),
    shed: () => all.reduce((sum, { shed }) => sum + shed, 0),
  }
}
