import { covers, type ResourceRef } from './resource.ts'
import { lastDue, nextDue, type Schedule } from './schedule.ts'

/** A time in which the operator wants nothing changed, declared in advance. Times are epoch milliseconds. */
export type FreezeWindow = {
  readonly name: string
  readonly reason: string
  readonly when: When
  /** Patterns; absent: every target there is. */
  readonly targets?: readonly string[]
  /** Policies, and tasks of maintenance, that may act all the same. */
  readonly allow: readonly string[]
}

/** When a window is open: once, or again and again. */
export type When =
  /** Opens at each occurrence, for so much time: where the clocks are changed meanwhile, it ends an hour off by them. */
  { readonly every: Schedule['every']; readonly lastsMs: number } | Span

/** From `since` on, and no longer at `until`. */
export type Span = { readonly since: number; readonly until: number }

/** A window that is open now, and its own span around this moment. */
export type OpenWindow = Omit<FreezeWindow, 'when'> & Span

/** The windows that are open at a moment, each since when and until when. Of occurrences that overlap the newest counts. */
export function openWindows<Window extends { readonly when: When }>(
  windows: readonly Window[],
  now: number,
): (Omit<Window, 'when'> & Span)[] {
  return windows.flatMap((window) => {
    const { when, ...rest } = window
    const span = newest(when, now)
    return span && span.since <= now && now < span.until ? [{ ...rest, since: span.since, until: span.until }] : []
  })
}

/** When a window opens next, after `now`; undefined where it never does again. */
export function nextOpening({ when }: { readonly when: When }, now: number): Span | undefined {
  if ('since' in when) return when.since > now ? when : undefined
  return spanOf(nextDue(when.every, now), when.lastsMs)
}

/** Whether a window is about one of these targets, and not about others only. */
export function concerns({ targets }: Pick<FreezeWindow, 'targets'>, refs: readonly ResourceRef[]): boolean {
  return targets === undefined || targets.some((pattern) => refs.some((ref) => covers(pattern, ref)))
}

function newest(when: When, now: number): Span | undefined {
  if ('since' in when) return when
  return spanOf(lastDue({ every: when.every, jitterMs: 0 }, 0, now), when.lastsMs)
}

function spanOf(since: number | undefined, lastsMs: number): Span | undefined {
  return since === undefined ? undefined : { since, until: since + lastsMs }
}
