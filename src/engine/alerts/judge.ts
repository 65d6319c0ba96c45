import type { Alert, KnownAlert } from '../../domain/alert.ts'

/** A resolved alert is shown for so long. */
const RESOLVED_KEPT_MS = 3_600_000
/** One of which nobody speaks any more is blindness for a day; after that nobody waits for it. */
const SILENT_KEPT_MS = 24 * 3_600_000
/**
 * What only says "still firing" is remembered in memory, and written once a day, so that the entry that retention keeps
 * for it moves on. After a restart such an alert may look silent until it is sent again (Prometheus: within a minute):
 * blind, which is the safe side.
 */
export const REWRITTEN_AFTER_MS: number = 24 * 3_600_000
/** A firing one that comes so soon after its own end is a late copy (a retry, the other one of a pair). */
const LATE_COPY_MS = 10_000

/** Its end has passed and nobody said that it is over: whoever would tell has gone silent. Blindness, never health. */
export function isSilent(alert: Alert, now: number): boolean {
  return alert.status === 'firing' && alert.endsAt !== undefined && alert.endsAt <= now
}

/** Whether the alert counts no longer. */
export function isOver(alert: Alert, now: number): boolean {
  if (alert.status === 'resolved') return now - Math.max(alert.receivedAt, alert.endsAt ?? 0) > RESOLVED_KEPT_MS
  return alert.endsAt !== undefined && now - alert.endsAt > SILENT_KEPT_MS
}

/**
 * What a delivery is, beside the newest word on the same fingerprint: `news` has to be written, a `repeat` is known
 * already, and `late` is older than what is known. `alert` is what to remember; a later one of the same occurrence keeps
 * its first start, as in Alertmanager, so that the two of a pair do not contradict each other for ever.
 */
export function judge(
  known: KnownAlert | undefined,
  next: KnownAlert,
): { readonly what: 'news' | 'repeat' | 'late'; readonly alert: KnownAlert } {
  if (!known) return { what: 'news', alert: next }
  if (isLate(known, next)) return { what: 'late', alert: known }
  const alert = sameOccurrence(known, next) ? { ...next, startsAt: Math.min(known.startsAt, next.startsAt) } : next
  const isNews = known.status !== alert.status || known.startsAt !== alert.startsAt || !sameAim(known.aim, alert.aim)
  return { what: isNews ? 'news' : 'repeat', alert }
}

function isLate(known: KnownAlert, next: KnownAlert): boolean {
  if (known.status === 'firing') return (next.endsAt ?? next.startsAt) < known.startsAt
  if (next.startsAt > (known.endsAt ?? known.startsAt)) return false
  return next.status === 'resolved' || next.receivedAt - known.receivedAt < LATE_COPY_MS
}

/** An occurrence without an end has none that another could begin within: there the sender knows its start. */
function sameOccurrence(known: KnownAlert, next: KnownAlert): boolean {
  if (known.endsAt === undefined) return false
  return next.startsAt <= known.endsAt && known.startsAt <= (next.endsAt ?? Infinity)
}

/** Whether two answers name the same target by the same rule, or the same reason for none. */
export function sameAim(a: KnownAlert['aim'], b: KnownAlert['aim']): boolean {
  if (a.kind === 'unmapped') return b.kind === 'unmapped' && a.reason === b.reason
  return b.kind === 'mapped' && a.target === b.target && a.rule === b.rule
}
