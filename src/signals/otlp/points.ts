import { REFUSED, SHED, type Describe, type SampleSink } from '../../domain/series.ts'
import { refuse, tallyAt, type Tally } from '../wire/tally.ts'
import { describeKey } from './describe.ts'
import { bucketRanges, type BucketRanges, type Exponential } from './exponential.ts'
import { boundedEnd, isWhole, seriesKey, SHAPE, type SeriesKey, type Shape } from './key.ts'
import { deltaSums, type DeltaSums } from './sums.ts'

/** Buckets of one histogram point: more are refused. */
export const MOST_BUCKETS = 1024
/** The flag of a point that says: there is no value any more. */
const NO_VALUE = 1

/** What a point says, in whichever form it was read: one object, filled anew for each. */
export type Point = Exponential & {
  /** Epoch milliseconds. */
  at: number
  flags: number
  value: number
  count: number
  /** NaN where it is left out. */
  sum: number
  /** Upper bounds of buckets; or the quantiles of a summary, whose values are in `counts`. */
  readonly bounds: Float64Array
  boundsLength: number
}

/** One body on its way into a sink. `key` names the series of the point, all but its shape. */
export type Taking = {
  readonly key: SeriesKey
  readonly point: Point
  readonly sums: DeltaSums
  readonly ranges: BucketRanges
  readonly describe: Describe
  sink: SampleSink
  /** Refused are points, of which not all was taken; samples are those that were. */
  tally: Tally
  /** Whether the points are differences, each to the one before. */
  delta: boolean
  /** Whether the point has been refused, wholly or in part. */
  refusal: string | undefined
  /** Why the last series was refused by its name. */
  why: string
}

/** @param maxSlots how many slots differences can be summed up for */
export function newTaking(maxSlots: number): Taking {
  const taking: Taking = {
    key: seriesKey(),
    point: newPoint(),
    sums: deltaSums(maxSlots),
    ranges: bucketRanges(maxSlots),
    describe: (bytes, start, end) => {
      const about = describeKey(bytes, start, end)
      if (typeof about === 'string') taking.why = about
      return about
    },
    sink: NOWHERE,
    tally: tallyAt(0),
    delta: false,
    refusal: undefined,
    why: '',
  }
  return taking
}

const NOWHERE: SampleSink = { slotOf: () => REFUSED, push: () => undefined }

/** The same memory for the next body. */
export function begin(taking: Taking, sink: SampleSink, now: number): void {
  taking.sink = sink
  taking.tally = tallyAt(now)
  taking.refusal = undefined
}

function newPoint(): Point {
  const buckets = { counts: new Float64Array(MOST_BUCKETS), bounds: new Float64Array(MOST_BUCKETS) }
  return clear({ ...buckets } as Point)
}

/** Makes the point ready to be filled. */
export function clear(point: Point): Point {
  point.at = 0
  point.flags = 0
  point.value = Number.NaN
  point.count = 0
  point.sum = Number.NaN
  point.countsLength = 0
  point.boundsLength = 0
  point.scale = 0
  point.offset = 0
  point.below = 0
  return point
}

/** Counts a point that was not taken. */
export function refusePoint({ tally }: Taking, reason: string): void {
  refuse(tally, 1, reason)
}

export function takeNumber(taking: Taking, shape: Shape): void {
  if (!isFit(taking)) return
  const { point } = taking
  emit(taking, shape, taking.key.end, (point.flags & NO_VALUE) === 0 ? point.value : Number.NaN)
  settle(taking)
}

/** A histogram with bounds: `_count`, `_sum`, and `_bucket` up to each bound. */
export function takeHistogram(taking: Taking): void {
  if (!isFit(taking)) return
  const { point } = taking
  const wrong = wrongIn(point)
  if (wrong !== undefined) return refusePoint(taking, wrong)
  if (takeTotals(taking) >= 0) {
    let below = 0
    for (let i = 0; i < point.boundsLength; i++) {
      below += point.counts[i] as number
      takeBucket(taking, point.bounds[i] as number, below)
    }
    if (point.countsLength > 0) takeBucket(taking, Infinity, point.count)
  }
  settle(taking)
}

function wrongIn(point: Point): string | undefined {
  const { countsLength, bounds, boundsLength } = point
  if (boundsLength >= MOST_BUCKETS) return TOO_MANY_BUCKETS
  if (countsLength !== boundsLength + 1 && countsLength + boundsLength > 0)
    return 'a histogram has not one bucket more than bounds'
  for (let i = 1; i < boundsLength; i++)
    if (!((bounds[i] as number) > (bounds[i - 1] as number))) return 'the bounds of a histogram do not rise'
  return wrongCounts(point)
}

function wrongCounts({ counts, countsLength, below, count }: Point): string | undefined {
  if (countsLength > MOST_BUCKETS) return TOO_MANY_BUCKETS
  let all = below
  for (let i = 0; i < countsLength; i++) {
    if (!((counts[i] as number) >= 0)) return UNSOUND
    all += counts[i] as number
  }
  return countsLength + below > 0 && all !== count ? UNSOUND : undefined
}

const UNSOUND = 'the buckets of a histogram do not sum up to its count'
const TOO_MANY_BUCKETS = `a point has more than ${MOST_BUCKETS} buckets`

/** An exponential histogram: the same, with powers of two as bounds, from the least to the most that ever had a value. */
export function takeExponential(taking: Taking): void {
  if (!isFit(taking)) return
  const { point, ranges } = taking
  const wrong = wrongCounts(point) ?? wrongScale(point)
  if (wrong !== undefined) return refusePoint(taking, wrong)
  const slot = takeTotals(taking)
  if (slot >= 0) {
    const powers = ranges.powersOf(slot, point)
    for (let i = 0; i < powers.length; i++) {
      takeBucket(taking, 2 ** (powers.lowest + i), powers.counts[i] as number)
    }
    takeBucket(taking, Infinity, point.count)
  }
  settle(taking)
}

function wrongScale({ scale, offset }: Point): string | undefined {
  const isSound = Number.isInteger(scale) && scale >= -10 && scale <= 20 && Number.isInteger(offset)
  return isSound ? undefined : 'the scale of a histogram is not in -10 to 20'
}

/** A summary: `_count`, `_sum`, and the value of each quantile. */
export function takeSummary(taking: Taking): void {
  if (!isFit(taking)) return
  const { point } = taking
  if (point.countsLength > MOST_BUCKETS) return refusePoint(taking, TOO_MANY_BUCKETS)
  if (takeTotals(taking) >= 0) {
    for (let i = 0; i < point.countsLength; i++) {
      const end = boundedEnd(taking.key, point.bounds[i] as number)
      emit(taking, SHAPE.quantile, end, point.counts[i] as number)
    }
  }
  settle(taking)
}

/** `_count` and `_sum`; the slot of the former, negative where nothing more is to be taken of the point. */
function takeTotals(taking: Taking): number {
  const { point, key } = taking
  const ended = (point.flags & NO_VALUE) !== 0
  const slot = emit(taking, SHAPE.count, key.end, ended ? Number.NaN : point.count)
  if (ended || !Number.isNaN(point.sum)) emit(taking, SHAPE.sum, key.end, ended ? Number.NaN : point.sum)
  return ended ? -1 : slot
}

function takeBucket(taking: Taking, bound: number, count: number): void {
  emit(taking, SHAPE.bucket, boundedEnd(taking.key, bound), count)
}

/** The slot of the series that it went to; negative where it went to none. */
function emit(taking: Taking, shape: Shape, end: number, value: number): number {
  const { bytes } = taking.key
  bytes[0] = shape
  const slot = taking.sink.slotOf(bytes, 0, end, taking.describe)
  if (slot < 0) {
    taking.refusal = slot === SHED ? SHED_REASON : taking.why || UNNAMED
    return slot
  }
  let sum = value
  if (taking.delta && !Number.isNaN(value)) {
    sum = taking.sums.add(slot, taking.point.at, value)
    if (Number.isNaN(sum)) {
      taking.refusal = 'a difference is no number, or not newer than the one before it'
      return -1
    }
  }
  taking.sink.push(slot, taking.point.at, sum)
  taking.tally.samples++
  return slot
}

const SHED_REASON = 'the source has as many series as it may have'
const UNNAMED = 'a series has no name that can be read'

/** Whether a point can be looked at at all; counts it where it cannot. */
function isFit(taking: Taking): boolean {
  const { point, tally, key } = taking
  taking.why = ''
  if (point.at >= tally.oldestAt && point.at <= tally.newestAt && isWhole(key)) return true
  refusePoint(taking, isWhole(key) ? 'a time is before the year 2000 or more than ten minutes ahead' : TOO_LARGE)
  return false
}

const TOO_LARGE = 'a point has more than 64 attributes, or more than 64 kB of them'

function settle(taking: Taking): void {
  const { refusal } = taking
  if (refusal === undefined) return
  taking.refusal = undefined
  refusePoint(taking, refusal)
}
