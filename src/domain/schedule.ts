import { Cron } from 'croner'
import { UsageError } from './errors.ts'

/** When something is due by the calendar. Times are milliseconds. */
export type Schedule = {
  readonly every:
    | { readonly ms: number }
    /** Five or six fields as cron has them, in an IANA time zone. */
    | { readonly cron: string; readonly timeZone: string }
  /** Each target is due up to so much later, always by the same time: not all at once. */
  readonly jitterMs: number
  /** How long an occurrence stays due; what could not be done by then is missed, and waits for the next. */
  readonly windowMs: number
  /** Whether an occurrence from before the start, missed while nobody watched, is still due. */
  readonly catchUp: boolean
  /** Only where the policy's condition holds then; else whatever it says. */
  readonly conditional: boolean
}

/**
 * The newest occurrence at or before `now` on one target, in epoch milliseconds; undefined where there was none yet.
 *
 * @param share from 0 to 1, fixed for the target: its place within the jitter
 */
export function lastDue(
  { every, jitterMs }: Pick<Schedule, 'every' | 'jitterMs'>,
  share: number,
  now: number,
): number | undefined {
  const offsetMs = Math.floor(share * jitterMs)
  const at = now - offsetMs
  if ('ms' in every) return Math.floor(at / every.ms) * every.ms + offsetMs
  // Croner looks strictly before its reference, in whole seconds.
  const [newest] = cronOf(every).previousRuns(1, new Date(Math.floor(at / 1000) * 1000 + 1000))
  return newest && newest.getTime() + offsetMs
}

/** The first occurrence after `now`, without any jitter, in epoch milliseconds; undefined where there is none any more. */
export function nextDue(every: Schedule['every'], now: number): number | undefined {
  if ('ms' in every) return (Math.floor(now / every.ms) + 1) * every.ms
  return cronOf(every).nextRun(new Date(now))?.getTime()
}

/** Throws {@link UsageError} when the pattern or the time zone cannot be read. */
export function checkCron(every: { readonly cron: string; readonly timeZone: string }): void {
  try {
    if (cronOf(every).nextRun() === null) throw new Error('it never comes')
  } catch (cause) {
    throw new UsageError(`cannot read "${every.cron}" in ${every.timeZone} as a schedule: ${(cause as Error).message}`)
  }
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/**
 * Reads `every 30s`, `daily 03:00`, `weekly sun 03:00`, `monthly 1 03:00`, or a cron pattern. Throws {@link UsageError}.
 *
 * @param parseDuration reads `30s` as milliseconds
 */
export function readSchedule(
  text: string,
  timeZone: string,
  parseDuration: (text: string) => number | undefined,
): Schedule['every'] {
  const [word = '', ...rest] = text.trim().toLowerCase().split(/\s+/)
  if (word === 'every') return { ms: everyOf(rest.join(' '), parseDuration) }
  const time = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(rest.at(-1) ?? '')
  const clock = time ? `${Number(time[2])} ${Number(time[1])}` : ''
  const words: Readonly<Record<string, (day: string | undefined) => string | undefined>> = {
    daily: (day) => (day === undefined ? '* * *' : undefined),
    weekly: (day) => (DAYS.includes(day ?? '') ? `* * ${DAYS.indexOf(day ?? '')}` : undefined),
    monthly: (day) => (/^([1-9]|[12]\d|3[01])$/.test(day ?? '') ? `${day} * *` : undefined),
  }
  const known = words[word]
  if (!known) {
    checkCron({ cron: text, timeZone })
    return { cron: text, timeZone }
  }
  const days = rest.length > 2 ? undefined : known(rest.length === 2 ? rest[0] : undefined)
  if (!time || days === undefined) {
    throw new UsageError(`cannot read "${text}": write daily 03:00, weekly sun 03:00 or monthly 1 03:00`)
  }
  const every = { cron: `${clock} ${days}`, timeZone }
  checkCron(every)
  return every
}

function everyOf(text: string, parseDuration: (text: string) => number | undefined): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= 1000) return ms
  throw new UsageError(`cannot read "every ${text}": write a duration of at least a second, such as every 30s`)
}

/** Patterns are few and asked for often. */
const crons = new Map<string, Cron>()

function cronOf({ cron, timeZone }: { readonly cron: string; readonly timeZone: string }): Cron {
  const key = `${timeZone} ${cron}`
  const known = crons.get(key)
  if (known) return known
  const made = new Cron(cron, { timezone: timeZone, paused: true })
  crons.set(key, made)
  return made
}
