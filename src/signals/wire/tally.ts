import { SHED, type Decoded, type SampleSink } from '../../domain/series.ts'

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

/** Hands a sample to the sink, or counts it as refused; why a slot is `REFUSED` whoever described the series has said. */
export function pushTallied(sink: SampleSink, tally: Tally, slot: number, at: number, value: number): void {
  if (slot < 0) {
    if (slot === SHED) refuse(tally, 1, 'the source has as many series as it may have')
    else tally.refused++
  } else if (at >= tally.oldestAt && at <= tally.newestAt) {
    tally.samples++
    sink.push(slot, at, value)
  } else if (at < tally.oldestAt) refuse(tally, 1, 'a sample is from before the year 2000')
  else refuse(tally, 1, 'a sample is from more than ten minutes ahead')
}

/** What became of them. */
export function decodedOf({ samples, refused, reasons }: Tally): Decoded {
  return { samples, refused, reasons }
}
