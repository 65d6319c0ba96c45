import type { ResourceRef } from './resource.ts'

/** Label names and values, as data: never a selector, never markup. */
export type Labels = Readonly<Record<string, string>>

/** One observation of one quantity on one target. `at` is epoch milliseconds; times of one series never go back. */
export type Sample = {
  readonly metric: string
  readonly labels: Labels
  readonly target: ResourceRef
  readonly at: number
  readonly value: number
}

/**
 * What a source hands in after one round: samples, and how often it means to come. A probe that gets no answer hands in
 * a sample (`up` = 0): that is sight. A round in which the source itself could not look (a dead shim, a failed scrape of
 * many targets' numbers) hands in no sample for what it could not see, and so lets the series go stale.
 */
export type Observation = {
  readonly source: string
  readonly intervalMs: number
  readonly samples: readonly Sample[]
}

/** The recent past of one series, oldest first. */
export type Series = {
  readonly metric: string
  readonly labels: Labels
  readonly target: ResourceRef
  /** How often a value is expected. A series with no value for three intervals is stale: the observer is blind. */
  readonly intervalMs: number
  readonly length: number
  /** Time of the i-th sample, 0 the oldest kept. */
  timeAt(i: number): number
  valueAt(i: number): number
}

/**
 * An error line of a log, or an event that somebody told of; plain and short. `at` is epoch milliseconds: when a line was
 * read of a file, or the time that its sender gives.
 */
export type LogLine = { readonly at: number; readonly text: string; readonly isEvent?: true }

/** A test on one label. */
export type Matcher = {
  readonly label: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** The windows: what detectors, assessment and conditions read. */
export type Windows = {
  select(target: ResourceRef, metric: string, matchers?: readonly Matcher[]): readonly Series[]
  /** The newest sample of every series of a target; some may be stale. Absent: whether it is seen cannot be told. */
  recent?(target: ResourceRef): readonly Sample[]
}

/** A series is stale when nothing came for three of its intervals. What comes from the future tells of no now either. */
export const STALE_INTERVALS = 3

export function isStale(series: Series, now: number): boolean {
  return series.length === 0 || Math.abs(now - series.timeAt(series.length - 1)) > STALE_INTERVALS * series.intervalMs
}

/** Whether the probes of a target see it up: fresh and every one up, or fresh and not; undefined: nobody sees it. */
export function seenUp(windows: Windows, target: ResourceRef, now: number): boolean | undefined {
  const probes = windows.select(target, 'up').filter((series) => !isStale(series, now))
  return probes.length === 0 ? undefined : probes.every((series) => series.valueAt(series.length - 1) > 0)
}
