import { elapsedMs, type Moment } from '../lib/clock.ts'
import { canonical } from '../lib/json.ts'
import type { EntryBody } from '../domain/entry.ts'
import type { Database } from './database.ts'
import { appendEntry, readTail, storedEntries } from './sql/entries.ts'
import { dropLeftovers, forgetAttempts } from './sql/leftovers.ts'
import { addSegment, dropSegment, isNeeded, keptSegments, lastSegment, prunePayloads } from './sql/segments.ts'

/** How long what is kept. Whatever belongs to an open incident, an open run, a run that still holds a lock or an alert that still counts stays. */
export type Retention = {
  /** A segment is sealed when it has this many entries, or when its first entry is this old. */
  readonly sealAfterEntries: number
  readonly sealAfterMs: number
  /** Bodies go this long after their segment was sealed. */
  readonly keepPayloadsMs: number
  /** Those that hold something encrypted go this long after it already; absent: with the others. */
  readonly keepSnapshotsMs?: number
  /** Whole segments go, but for their head, this long after they were sealed; absent: never. */
  readonly keepEntriesMs?: number
  /** Bodies deleted in one turn, so that no commit waits long. */
  readonly payloadsAtOnce?: number
}

export type RetentionReport = {
  readonly sealed: boolean
  readonly prunedPayloads: number
  readonly droppedSegments: number
  /** There is more to do at once: ask again. */
  readonly more: boolean
}

/** The body of the entry that seals a segment. */
export function sealBody(segment: { firstSeq: number; lastSeq: number; head: string }): EntryBody {
  const { firstSeq, lastSeq, head } = segment
  return { kind: 'segment-sealed', firstSeq, lastSeq, head }
}

/** One bounded turn of retention, inside a transaction of the writer. */
export function retain(db: Database, at: Moment, keep: Retention): RetentionReport {
  const sealed = sealSegment(db, at, keep)
  const pruned = pruneSegments(db, at, keep)
  // With the seal and not every minute: they look at whole tables.
  if (sealed) forgetAttempts(db, at)
  if (pruned.droppedSegments > 0) dropLeftovers(db)
  return { sealed, ...pruned }
}

/** Seals the open segment if it is due: an entry names its bounds and its head. */
export function sealSegment(db: Database, at: Moment, keep: Retention): boolean {
  const tail = readTail(db)
  const firstSeq = (lastSegment(db)?.lastSeq ?? 0) + 1
  const first = storedEntries(db, firstSeq - 1, 1)[0]
  if (first === undefined) return false
  const length = tail.seq - firstSeq + 1
  const began = { wallMs: first.wall_ms, bootMs: first.boot_ms, bootId: first.boot_id }
  // The seal before it alone is no reason for another one, or a quiet record would grow by seals.
  const isOld = length > 1 && elapsedMs(began, at) >= keep.sealAfterMs
  if (length < keep.sealAfterEntries && !isOld) return false
  const bounds = { firstSeq, lastSeq: tail.seq, head: tail.chain }
  const body = canonical(sealBody(bounds))
  const { seq } = appendEntry(db, tail, at, { kind: 'segment-sealed', incident: null, run: null, body, key: null })
  addSegment(db, { seq, ...bounds, sealedAt: at })
  return true
}

/** Prunes bodies and drops whole segments that are old enough, at most one segment and `payloadsAtOnce` bodies. */
export function pruneSegments(db: Database, at: Moment, keep: Retention): Omit<RetentionReport, 'sealed'> {
  const segments = keptSegments(db)
  const olderThan = (ms: number) => segments.filter(({ sealedAt }) => elapsedMs(sealedAt, at) >= ms)
  const limit = keep.payloadsAtOnce ?? 2000
  const prunable = olderThan(keep.keepPayloadsMs).at(-1)
  const snapshots = keep.keepSnapshotsMs === undefined ? undefined : olderThan(keep.keepSnapshotsMs).at(-1)
  const prunedPayloads =
    (prunable ? prunePayloads(db, prunable.lastSeq, limit) : 0) +
    (snapshots ? prunePayloads(db, snapshots.lastSeq, limit, 'sealed') : 0)
  const oldest = keep.keepEntriesMs === undefined ? undefined : olderThan(keep.keepEntriesMs)[0]
  const droppable = oldest !== undefined && oldest === segments[0] && !isNeeded(db, oldest)
  if (droppable) dropSegment(db, oldest)
  return { prunedPayloads, droppedSegments: Number(droppable), more: droppable || prunedPayloads >= limit }
}
