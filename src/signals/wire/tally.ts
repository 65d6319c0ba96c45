import { REFUSED, type Decoded, type SampleSink } from '../../domain/series.ts'

/** What becomes of the samples of one body, while it is read. Ends as its {@link Decoded}. */
export type Tally = {
  samples: number
  refused: number
  readonly reasons: string[]
  /** Samples beyond are refused for themselves, epoch milliseconds: a clock that runs wrong tells of no series. */
  readonly oldestAt: number
  readonly newestAt: number
}

const OLDEST_AT = Date.UTC(2000)
const MOST_AHEAD_MS = 600_000
const KEPT_REASONS = 5

/** Begins a tally. @param now epoch milliseconds */
export function tallyAt(now: number): Tally {
  return { samples: 0, refused: 0, reasons: [], oldestAt: OLDEST_AT, newestAt: now + MOST_AHEAD_MS }
}

/** Counts samples as refused; the reason is kept while there are few, and once. */
export function refuse(tally: Tally, count: number, reason: string): void {
  tally.refused += count
  if (tally.reasons.length < KEPT_REASONS && !tally.reasons.includes(reason)) tally.reasons.push(reason)
}

/** Hands a sample to the sink, or counts it as refused. */
export function pushTallied(sink: SampleSink, tally: Tally, slot: number, at: number, value: number): void {
  if (!isTaken(tally, slot, at)) return
  tally.samples++
  sink.push(slot, at, value)
}

/** Whether a sample may go to the sink; counts it as refused where not. Why a series is `REFUSED` has been said. */
export function isTaken(tally: Tally, slot: number, at: number): boolean {
  if (slot >= 0 && at >= tally.oldestAt && at <= tally.newestAt) return true
  if (slot === REFUSED) tally.refused++
  else if (slot < 0) refuse(tally, 1, 'the source has as many series as it may have')
  else if (at > tally.newestAt) refuse(tally, 1, 'a sample is from more than ten minutes ahead')
  else refuse(tally, 1, 'a sample is from before the year 2000')
  return false
}

/** What became of them. */
export function decodedOf({ samples, refused, reasons }: Tally): Decoded {
  return { samples, refused, reasons }
}
