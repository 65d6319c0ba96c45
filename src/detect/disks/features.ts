/** What a drive said of itself on one day; NaN for what it did not say. Raw values of SMART. */
export type DriveDay = {
  /** Counted in days from anywhere. */
  readonly day: number
  /** As the drive names itself, such as `ST3000DM001`. */
  readonly model: string
  /** SMART 5. */
  readonly reallocated: number
  /** SMART 197. */
  readonly pending: number
  /** SMART 9. */
  readonly powerOnHours: number
}

/** What a day is judged by, in the order of `FEATURES`. */
export type Features = Float64Array

/** Each by its name, as the shipped model and its page in the documentation list them. */
export const FEATURES = [
  'reallocated sectors (log)',
  'pending sectors (log, at most a thousand)',
  'any pending sector',
  'reallocated since first seen (log)',
  'pending more than a week ago (log)',
  'age (years of power)',
  'age (log of hours)',
  'counts as Seagate does',
] as const

const HOURS_IN_A_YEAR = 8766
const WEEK_DAYS = 7
/** Some drives count below zero in sixteen bits: 65,528 is no count. */
const PENDING_AT_MOST = 1000

/** Turns the days of one drive, in order, into features: levels, and what has changed. Keeps a week at most. */
export function beginFeatures(): (day: DriveDay) => Features {
  let [reallocated, pending, hours] = [0, 0, 0]
  let first: number | undefined
  const week: { readonly day: number; readonly pending: number }[] = []
  return (today) => {
    reallocated = known(today.reallocated, reallocated)
    pending = known(today.pending, pending)
    hours = known(today.powerOnHours, hours)
    first ??= reallocated
    week.push({ day: today.day, pending })
    while (week.length > 1 && (week[0]?.day ?? 0) < today.day - WEEK_DAYS) week.shift()
    return Float64Array.of(
      Math.log1p(reallocated),
      Math.log1p(Math.min(pending, PENDING_AT_MOST)),
      pending > 0 ? 1 : 0,
      Math.log1p(Math.max(0, reallocated - first)),
      Math.log1p(Math.max(0, pending - (week[0]?.pending ?? pending))),
      hours / HOURS_IN_A_YEAR,
      Math.log1p(hours),
      // The makers count differently; a Hitachi with a hundred reallocated sectors lives on, a Seagate mostly does not.
      today.model.startsWith('ST') ? 1 : 0,
    )
  }
}

/** A drive that stays silent about something has what it had. Counts below zero are no counts. */
const known = (value: number, before: number): number => (value >= 0 ? value : before)
