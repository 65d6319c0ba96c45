import type { When } from './freeze-window.ts'
import { lastDue, nextDue, type Schedule } from './schedule.ts'

/** A time in which what names the window may act; outside of it, it may not. */
export type MaintenanceWindow = { readonly name: string; readonly when: When }

/** A fixed leap cycle, so that the answer is the same on every day; and so many occurrences are looked at. */
const FROM = Date.UTC(2024, 0, 1)
const CYCLE_MS = 1461 * 24 * 3_600_000
const MOST = 2000

/** Whether what comes by a schedule can ever be due while a window is open; where nobody can tell, it can. */
export function canBeDueIn(
  { every, jitterMs, windowMs }: Schedule,
  { when }: Pick<MaintenanceWindow, 'when'>,
): boolean {
  const task = { every, lastsMs: windowMs + jitterMs }
  if ('since' in when) return reaches(task, when.since, when.until - 1)
  return everMeet(task, when) ?? everMeet(when, task) ?? true
}

type Recurring = { readonly every: Schedule['every']; readonly lastsMs: number }

/** Whether one of its occurrences goes on at some moment of this time. */
function reaches({ every, lastsMs }: Recurring, since: number, until: number): boolean {
  const newest = lastDue({ every, jitterMs: 0 }, 0, until)
  return newest !== undefined && newest + lastsMs >= since
}

/** Undefined where there are too many occurrences of the first to look at. */
function everMeet(one: Recurring, other: Recurring): boolean | undefined {
  let at = FROM
  for (let i = 0; i < MOST; i++) {
    const next = nextDue(one.every, at)
    if (next === undefined || next > FROM + CYCLE_MS) return false
    if (reaches(other, next, next + one.lastsMs)) return true
    at = next
  }
  return undefined
}
