import { matches } from '../domain/condition/matchers.ts'
import type { ResourceRef } from '../domain/resource.ts'
import {
  STALE_INTERVALS,
  type Labels,
  type Matcher,
  type Observation,
  type Sample,
  type Series,
  type Windows,
} from '../domain/signal.ts'

export type WindowOptions = {
  /** Samples kept of a series: a number, or by its metric and interval where a policy looks further back. */
  readonly capacity?: number | ((metric: string, intervalMs: number) => number)
  /** Series beyond this number are not taken in. */
  readonly maxSeries?: number
}

/** What became of everything that was handed in since the start. */
export type WindowCounts = {
  readonly series: number
  readonly samples: number
  /** Samples not newer than the last one of their series. */
  readonly outOfOrder: number
  /** Samples of new series that the cap kept out. */
  readonly shed: number
  /** Series that ended: nothing came for an hour beyond their staleness. */
  readonly ended: number
}

/** The series store: the recent past of every series, in memory. */
export type WindowStore = Windows & {
  /** Takes in what a source saw. Samples that go back in time, or are one series too many, are counted and dropped. */
  add(observation: Observation): void
  /** The newest sample of every series of a target, for display; some may be stale. */
  recent(target: ResourceRef): readonly Sample[]
  /** Drops every series: nothing is seen until the next samples. */
  forget(): void
  counts(): WindowCounts
}

const DEFAULT_CAPACITY = 240
const DEFAULT_MAX_SERIES = 100_000
const KEEP_STALE_MS = 3_600_000
const SWEEP_EVERY_MS = 60_000

/** All series of one metric on one target, by their labels and in a list for quick selection. */
type Family = { readonly byLabels: Map<string, Ring>; list: Ring[] }

export function createWindows({
  capacity = DEFAULT_CAPACITY,
  maxSeries = DEFAULT_MAX_SERIES,
}: WindowOptions = {}): WindowStore {
  const targets = new Map<ResourceRef, Map<string, Family>>()
  const capacityOf = typeof capacity === 'number' ? () => capacity : capacity
  const counts = { series: 0, samples: 0, outOfOrder: 0, shed: 0, ended: 0 }
  let sweptAt = Number.NEGATIVE_INFINITY

  const ringOf = (sample: Sample, intervalMs: number): Ring | undefined => {
    const family = targets.get(sample.target)?.get(sample.metric)
    const key = labelsKey(sample.labels)
    const known = family?.byLabels.get(key)
    if (known || counts.series >= maxSeries) return known
    const ring = new Ring(sample, intervalMs, Math.max(2, capacityOf(sample.metric, intervalMs)))
    const { byLabels, list } = family ?? newFamily(targets, sample)
    byLabels.set(key, ring)
    list.push(ring)
    counts.series++
    return ring
  }

  const sweep = (now: number): void => {
    sweptAt = now
    for (const [target, metrics] of targets) {
      for (const [metric, family] of metrics) {
        const before = family.list.length
        family.list = family.list.filter((ring) => now - ring.newestAt <= KEEP_STALE_MS + 3 * ring.intervalMs)
        if (family.list.length === before) continue
        family.byLabels.clear()
        for (const ring of family.list) family.byLabels.set(labelsKey(ring.labels), ring)
        counts.ended += before - family.list.length
        counts.series -= before - family.list.length
        if (family.list.length === 0) metrics.delete(metric)
      }
      if (metrics.size === 0) targets.delete(target)
    }
  }

  return {
    add: ({ intervalMs, samples }) => {
      for (const sample of samples) {
        const ring = ringOf(sample, intervalMs)
        if (!ring) counts.shed++
        else if (ring.push(sample.at, sample.value, intervalMs)) counts.samples++
        else counts.outOfOrder++
      }
      const at = samples[0]?.at ?? sweptAt
      if (at - sweptAt >= SWEEP_EVERY_MS) sweep(at)
    },
    select: (target, metric, matchers) => select(targets.get(target)?.get(metric)?.list ?? [], matchers),
    recent: (target) =>
      [...(targets.get(target)?.values() ?? [])].flatMap(({ list }) => list.map((ring) => ring.newest())),
    forget: () => {
      targets.clear()
      counts.series = 0
    },
    counts: () => ({ ...counts }),
  }
}

function select(list: readonly Ring[], matchers: readonly Matcher[] = []): readonly Series[] {
  return matchers.length === 0 ? list : list.filter((ring) => matches(ring.labels, matchers))
}

function newFamily(targets: Map<ResourceRef, Map<string, Family>>, { target, metric }: Sample): Family {
  const metrics = targets.get(target) ?? new Map<string, Family>()
  const family: Family = { byLabels: new Map(), list: [] }
  targets.set(target, metrics.set(metric, family))
  return family
}

/** One text for one set of labels, whatever their order. JSON keeps hostile names and values apart. */
function labelsKey(labels: Labels): string {
  const known = keys.get(labels)
  if (known !== undefined) return known
  const names = Object.keys(labels).sort()
  const key = names.length === 0 ? '' : JSON.stringify(names.map((name) => [name, labels[name]]))
  keys.set(labels, key)
  return key
}

// Sources hand in the same labels, the same object, round after round.
const keys = new WeakMap<Labels, string>()

/** A ring of samples. A class, unlike most here: there are many of them, and methods on a prototype cost no memory. */
class Ring implements Series {
  readonly metric: string
  readonly labels: Labels
  readonly target: ResourceRef
  intervalMs: number
  length = 0
  #next = 0
  readonly #times: Float64Array
  readonly #values: Float64Array

  constructor({ metric, labels, target }: Sample, intervalMs: number, capacity: number) {
    this.metric = metric
    this.labels = labels
    this.target = target
    this.intervalMs = intervalMs
    this.#times = new Float64Array(capacity)
    this.#values = new Float64Array(capacity)
  }

  get newestAt(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : this.timeAt(this.length - 1)
  }

  /**
   * Adds a sample; false, and nothing is done, when it is not newer than the last. One that is older by more than three
   * intervals begins the ring anew: a clock was set back, and the series would be blind for as long as it was set.
   */
  push(at: number, value: number, intervalMs: number): boolean {
    if (at < this.newestAt - STALE_INTERVALS * intervalMs) this.length = 0
    if (!(at > this.newestAt)) return false
    this.#times[this.#next] = at
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.#times.length
    this.length = Math.min(this.length + 1, this.#times.length)
    this.intervalMs = intervalMs
    return true
  }

  timeAt(i: number): number {
    return this.#times[this.#slot(i)] ?? Number.NaN
  }

  valueAt(i: number): number {
    return this.#values[this.#slot(i)] ?? Number.NaN
  }

  newest(): Sample {
    const { metric, labels, target, length } = this
    return { metric, labels, target, at: this.timeAt(length - 1), value: this.valueAt(length - 1) }
  }

  #slot(i: number): number {
    const slot = this.#next - this.length + i
    return slot < 0 ? slot + this.#times.length : slot
  }
}
