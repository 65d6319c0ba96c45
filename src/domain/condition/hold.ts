import { STALE_INTERVALS, type Series } from '../signal.ts'
import type { Span } from './ast.ts'
import type { Truth } from './logic.ts'
import { newestAt, valueAt } from './over-time.ts'
import { spanText } from './text.ts'

/**
 * What is so at a moment, and the first sample of the unbroken run in which it has been. With null, `since` says that
 * what can be seen has been true since then, and only what was before is unknown.
 */
export type Held = { readonly truth: Truth; readonly since?: number }

/** What a condition is made of: what it reads, and what it knows of being blind. */
export type Part = {
  readonly series: readonly Series[]
  /** Moments at which the alerts that it reads began or ended, oldest first; these have no samples. */
  readonly changes: readonly number[]
  /** Why it is null at a moment; empty where it is not. */
  readonly why: (time: number) => string
  /** The `since` of a null; undefined where it is not null or nothing is seen. */
  readonly pendingSince: (time: number) => number | undefined
}

/** A condition bound to the series of one target: asked about any moment, most often the last. */
export type BoundCondition = Part & {
  readonly at: (time: number) => Truth
  readonly heldAt: (time: number) => Held
}

/** A condition of the moment: it has held for as long as it was true at every sample. */
export function momentary(at: (time: number) => Truth, parts: readonly Part[]): BoundCondition {
  const reads = together(parts)
  const pendingSince = (time: number): number | undefined => {
    const known = parts.filter(({ why }) => why(time) !== '').map((part) => part.pendingSince(time) ?? Number.NaN)
    return known.length === 0 || known.some(Number.isNaN) ? undefined : Math.min(...known)
  }
  const heldAt = (time: number): Held => {
    const truth = at(time)
    if (truth === null) return held(null, pendingSince(time))
    return truth ? held(true, runUpTo(at, reads, time).since ?? time) : { truth }
  }
  const why = (time: number): string => {
    if (at(time) !== null) return ''
    for (const part of parts) {
      const reason = part.why(time)
      if (reason !== '') return reason
    }
    return 'the values cannot be compared'
  }
  return { at, heldAt, why, ...reads, pendingSince }
}

/**
 * `of` at every sample of the span. True now, but with too little known before it, is null: whether it held the whole
 * time cannot be said, and neither "healthy" nor "violated" may be concluded from a start.
 */
export function heldFor(of: BoundCondition, span: Span): BoundCondition {
  const heldAt = (time: number): Held => {
    const truth = of.at(time)
    if (truth === false) return { truth }
    if (truth === null) return held(null, of.pendingSince(time))
    const run = runUpTo(of.at, of, time)
    return held(isLong(run, span, time) ? true : run.endedBy, run.since)
  }
  return conditionOf(heldAt, together([of]), (time) => of.why(time) || tooYoung(span))
}

/**
 * Hysteresis, as a fold over the window: on once `of` has held for the span, off and counting anew whenever `until` is
 * true. Where the window shows neither, it is as it was before.
 */
export function heldUntil(of: BoundCondition, span: Span, until: BoundCondition, wasActive: boolean): BoundCondition {
  const reads = together([of, until])
  const notOn = heldFor(of, span)
  const heldAt = (time: number): Held => {
    if (of.at(time) === null) return held(null, of.pendingSince(time))
    if (until.at(time) === true) return { truth: false }
    const times = timesSince(until, reads, time)
    const since = onSince(of, span, times.after, time) ?? (times.whole && wasActive ? times.after[0] : undefined)
    if (since !== undefined) return until.at(time) === null ? { truth: null } : { truth: true, since }
    const off = notOn.heldAt(time)
    return off.truth === true ? { truth: false } : off
  }
  return conditionOf(heldAt, reads, (time) => of.why(time) || until.why(time) || tooYoung(span))
}

type Reads = Pick<Part, 'series' | 'changes'>

function together(parts: readonly Reads[]): Reads {
  const [only, other] = parts.filter(({ series, changes }) => series.length > 0 || changes.length > 0)
  if (only && !other) return { series: only.series, changes: only.changes }
  return {
    series: parts.flatMap(({ series }) => series),
    changes: parts.flatMap(({ changes }) => changes).sort((a, b) => a - b),
  }
}

function conditionOf(heldAt: (time: number) => Held, reads: Reads, why: (time: number) => string): BoundCondition {
  const at = (time: number): Truth => heldAt(time).truth
  return {
    at,
    heldAt,
    ...reads,
    why: (time) => (at(time) === null ? why(time) : ''),
    pendingSince: (time) => {
      const { truth, since } = heldAt(time)
      return truth === null ? since : undefined
    },
  }
}

function held(truth: Truth, since: number | undefined): Held {
  return since === undefined ? { truth } : { truth, since }
}

function tooYoung(span: Span): string {
  return `it is true now, but what came before is not known: ${spanText(span)} are needed`
}

/** The unbroken run of true samples that ends at a moment, and what came before it: false, or null for not known. */
type Run = { readonly since?: number; readonly samples: number; readonly endedBy: false | null }

function isLong({ since, samples }: Omit<Run, 'endedBy'>, span: Span, time: number): boolean {
  if (since === undefined) return false
  return 'ms' in span ? time - since >= span.ms : samples >= span.samples
}

function runUpTo(at: (time: number) => Truth, { series, changes }: Reads, time: number): Run {
  const pace = paceOf(series, time)
  if (!pace) return runOfChanges(at, { series, changes }, time)
  const newest = newestAt(pace, time)
  let oldest = newest + 1
  let endedBy: false | null = null
  while (oldest > 0 && !gapAfter(pace, oldest - 1, newest)) {
    const truth = at(pace.timeAt(oldest - 1))
    if (truth === false) endedBy = false
    if (truth !== true) break
    oldest--
  }
  const samples = newest + 1 - oldest
  return samples === 0 ? { samples, endedBy } : { since: pace.timeAt(oldest), samples, endedBy }
}

/** Alerts tell when they began, and before the first of them none was known. Where series are blind, the past is too. */
function runOfChanges(at: (time: number) => Truth, { series, changes }: Reads, time: number): Run {
  const before = changes.filter((change) => change <= time)
  const broken = before.findLastIndex((change) => at(change) !== true)
  const [since] = before.slice(broken + 1)
  const run = { samples: before.length - 1 - broken, endedBy: series.length > 0 ? null : (false as const) }
  return since === undefined ? { ...run, samples: 0 } : { ...run, since }
}

/**
 * The series whose samples count: of those that are fresh the slowest, and of these the one with the longest past, so
 * that "3 samples" of a condition over several series are three looks at each of them.
 */
function paceOf(series: readonly Series[], time: number): Series | undefined {
  let pace: Series | undefined
  for (const one of series) {
    if (newestAt(one, time) < 0 || Number.isNaN(valueAt(one, time))) continue
    const slower = pace === undefined ? 1 : one.intervalMs - pace.intervalMs
    if (!pace || slower > 0 || (slower === 0 && one.timeAt(0) < pace.timeAt(0))) pace = one
  }
  return pace
}

/** Whether the observer was blind between a sample and the one after it. */
function gapAfter(pace: Series, index: number, newest: number): boolean {
  if (index >= newest) return false
  return pace.timeAt(index + 1) - pace.timeAt(index) > STALE_INTERVALS * pace.intervalMs
}

/** Times of the samples since `until` was last true, oldest first, and whether these are all that the window holds. */
function timesSince(
  until: BoundCondition,
  { series, changes }: Reads,
  time: number,
): { after: readonly number[]; whole: boolean } {
  const pace = paceOf(series, time)
  const after: number[] = []
  const known = changes.filter((change) => change <= time)
  for (let i = pace ? newestAt(pace, time) : known.length - 1; i >= 0; i--) {
    const at = pace ? pace.timeAt(i) : (known[i] ?? time)
    if (until.at(at) === true) return { after: after.reverse(), whole: false }
    after.push(at)
  }
  return { after: after.reverse(), whole: true }
}

/** The first sample of the first run that was long enough; undefined when none was. */
function onSince(of: BoundCondition, span: Span, times: readonly number[], time: number): number | undefined {
  let run: { since?: number; samples: number } = { samples: 0 }
  for (const at of times) {
    run = of.at(at) === true ? { since: run.since ?? at, samples: run.samples + 1 } : { samples: 0 }
    if (isLong(run, span, at)) return run.since
  }
  return of.at(time) === true && isLong(run, span, time) ? run.since : undefined
}
