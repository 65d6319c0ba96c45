import type { Measure, Measuring } from './measure.ts'
import { shown } from './shown.ts'
import { sortedWindow, type SortedWindow } from './sorted-window.ts'
import { inSpreads, spreadOf } from './spread.ts'

type State = {
  readonly slots: readonly (readonly number[])[]
  readonly errors: readonly number[]
  readonly with: number
  readonly without: number
  readonly since: number | null
  readonly kept: number | null
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** 1970-01-01 was a Thursday: four days later the week begins. */
const MONDAY_MS = 4 * DAY_MS
/** A slot is a week of an hour, a sample every five minutes: what comes more often says the same again. */
const PER_SLOT = 84
const KEEP_EVERY_MS = 5 * 60_000
const ENOUGH = 4
/** Before, an hour is only compared with itself. */
const ENOUGH_MS = 2 * DAY_MS
const ERRORS = 1000
const WARM_UP = 20
/** A season is believed when the guess by the hour errs by at most this share of what the guess without it errs by. */
const WORTH = 0.8
const FORGET = 0.002

/**
 * Distance from the usual value of this hour of the day, on working days and at weekends apart as soon as both are
 * known. Whether there is a season it learns by itself: where the hour's median is no better guess than the day's, it
 * has no opinion.
 */
export const season: Measure<State> = {
  name: 'season',
  warmUp: 48,
  for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
  begin: (_, saved) => begin(saved),
}

function begin(saved?: State): Measuring<State> {
  const slots = Array.from({ length: 72 }, (_, i) => sortedWindow(PER_SLOT, saved?.slots[i]))
  const errors = sortedWindow(ERRORS, saved?.errors)
  let [withSeason, without] = [saved?.with ?? 0, saved?.without ?? 0]
  let [since, kept] = [saved?.since ?? Number.NaN, saved?.kept ?? Number.NEGATIVE_INFINITY]
  let words = ''

  const slotOf = (i: number): SortedWindow => slots[i] ?? sortedWindow(1)
  const everyDay = (): number => middleOf(slots.slice(0, 24).filter(({ length }) => length > 0))

  const keep = (atMs: number, value: number, hour: number, ofWeek: number): void => {
    if (atMs - kept < KEEP_EVERY_MS) return
    kept = atMs
    slotOf(hour).push(value)
    slotOf(ofWeek).push(value)
  }

  /** The error of this sample by the two guesses; how far it is, where the season is believed. */
  const judged = (value: number, expected: number): number => {
    const error = value - expected
    withSeason += FORGET * (Math.abs(error) - withSeason)
    without += FORGET * (Math.abs(value - everyDay()) - without)
    const believed = withSeason < WORTH * without && errors.length >= WARM_UP
    const deviation = believed ? inSpreads(error, spreadOf(errors)) : Number.NaN
    errors.push(error)
    return deviation
  }

  return {
    next: (atMs, value) => {
      if (Number.isNaN(since)) since = atMs
      const hour = Math.floor(atMs / HOUR_MS) % 24
      const ofWeek = 24 + hour + (isWeekend(atMs) ? 24 : 0)
      const slot = slotOf(slotOf(ofWeek).length >= ENOUGH ? ofWeek : hour)
      const expected = slot.quantile(0.5)
      const known = slot.length >= ENOUGH && atMs - since >= ENOUGH_MS
      const deviation = known ? judged(value, expected) : Number.NaN
      words = `${shown(expected)} is usual at this hour, came ${shown(value)}`
      keep(atMs, value, hour, ofWeek)
      return deviation
    },
    explain: () => words,
    save: () => ({
      slots: slots.map((slot) => slot.save()),
      errors: errors.save(),
      with: withSeason,
      without,
      since: Number.isNaN(since) ? null : since,
      kept: Number.isFinite(kept) ? kept : null,
    }),
  }
}

function isWeekend(atMs: number): boolean {
  return Math.floor((atMs - MONDAY_MS) / DAY_MS) % 7 >= 5
}

/** The median of the slots' medians. */
function middleOf(slots: readonly SortedWindow[]): number {
  const all = sortedWindow(Math.max(1, slots.length))
  for (const slot of slots) all.push(slot.quantile(0.5))
  return all.quantile(0.5)
}
