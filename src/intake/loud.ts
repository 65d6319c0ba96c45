import { learnedOf } from '../detect/banks/learned.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { LoudSeries } from '../domain/view.ts'
import type { SeriesBank } from '../signals/series/bank.ts'
import { TARGET } from './observed.ts'

/** A stretch of one series that was loud. Times are epoch milliseconds. */
type LoudRun = {
  readonly slot: number
  readonly since: number
  /** Of its last loud sample; so is the evidence. */
  readonly at: number
  readonly evidence: number
}

/** The series that were loud for more than a moment, and lately. */
export type Loud = {
  /** A sample of the series in this slot was loud; see `onLoud` of the banks. */
  hear: (slot: number, at: number, distance: number, evidence: number, seen: number) => void
  /** The slot may be another's from now on. */
  end(slot: number): void
  /** The loudest first; forgets what was loud too long before `now`. */
  loudest(now: number): readonly LoudRun[]
  /** How many samples were loud, ever. */
  samples(): number
}

type Run = { since: number; at: number; evidence: number; seen: number; streak: number; isLasting: boolean }

/** So many samples in a row: one or two are a spike. */
const LASTING_SAMPLES = 3
const KEEP_MS = 300_000
const MOST_SHOWN = 64
/** Beyond, what becomes loud is not followed until others are forgotten. */
const MOST_FOLLOWED = 50_000

export function createLoud(most: number = MOST_SHOWN, mostFollowed: number = MOST_FOLLOWED): Loud {
  const runs = new Map<number, Run>()
  let samples = 0
  return {
    hear: (slot, at, _distance, evidence, seen) => {
      samples++
      const run = runs.get(slot)
      if (!run) {
        if (runs.size < mostFollowed) runs.set(slot, { since: at, at, evidence, seen, streak: 1, isLasting: false })
        return
      }
      run.streak = seen === run.seen + 1 ? run.streak + 1 : 1
      // One that lasted goes on after a calm moment: it would come and go in the list.
      if (run.streak === 1 && !run.isLasting) run.since = at
      run.isLasting ||= run.streak >= LASTING_SAMPLES
      run.at = at
      run.evidence = evidence
      run.seen = seen
    },
    end: (slot) => void runs.delete(slot),
    loudest(now) {
      const top: LoudRun[] = []
      for (const [slot, { since, at, evidence, isLasting }] of runs) {
        const isOld = now - at > KEEP_MS
        if (isOld) runs.delete(slot)
        if (isOld || !isLasting) continue
        const run = { slot, since, at, evidence }
        const last = top[most - 1]
        // Where many are loud at once, few of them are sorted.
        if (last && byLoudness(run, last) >= 0) continue
        top.push(run)
        top.sort(byLoudness)
        top.length = Math.min(top.length, most)
      }
      return top
    },
    samples: () => samples,
  }
}

const byLoudness = (a: LoudRun, b: LoudRun): number => b.evidence - a.evidence || b.at - a.at

/** Of a label's value, what is shown: a sender may give many that are long. More than any rule of targets reads. */
const MOST_TEXT = 300

/** The loud series of a bank, with what is known of them; `now` is epoch milliseconds. */
export function loudSeries(bank: SeriesBank, loud: Loud, now: number): LoudSeries[] {
  // What has come in but has not been looked at yet is of now, too.
  bank.flush()
  return loud.loudest(now).map((run) => described(bank, run))
}

function described(bank: SeriesBank, { slot, ...run }: LoudRun): LoudSeries {
  const { metric, labels, kind, source } = bank.about(slot)
  const { [TARGET]: target, ...own } = labels
  const window = bank.windowOf(slot)
  const value = window.at(-1)
  return {
    metric,
    labels: Object.fromEntries(Object.entries(own).map(([name, text]) => [name, text.slice(0, MOST_TEXT)])),
    source,
    ...(target !== undefined && { target: target as ResourceRef }),
    ...run,
    ...(value !== undefined && Number.isFinite(value) && { value }),
    text: learnedOf(kind, window),
  }
}
