import type { Moment } from '../../lib/clock.ts'
import type { Database } from '../database.ts'
import { momentOf, momentText, query } from '../tables.ts'

/** A sealed run of entries; `seq` is the entry that sealed it and begins the next one. */
export type Segment = {
  readonly seq: number
  readonly firstSeq: number
  readonly lastSeq: number
  readonly head: string
  readonly sealedAt: Moment
}

export function addSegment(db: Database, { seq, firstSeq, lastSeq, head, sealedAt }: Segment): void {
  db.run(
    query
      .insertInto('segments')
      .values({ seq, first_seq: firstSeq, last_seq: lastSeq, head, sealed_at: momentText(sealedAt) }),
  )
}

/** Segments whose entries are still here, oldest first. */
export function keptSegments(db: Database): Segment[] {
  return db.all(query.selectFrom('segments').selectAll().where('dropped', '=', 0).orderBy('seq')).map(segmentOf)
}

/** The newest segment whose entries are gone: the chain goes on from its head. */
export function lastDropped(db: Database): Segment | undefined {
  return db
    .all(query.selectFrom('segments').selectAll().where('dropped', '=', 1).orderBy('seq', 'desc').limit(1))
    .map(segmentOf)[0]
}

export function lastSegment(db: Database): Segment | undefined {
  return db.all(query.selectFrom('segments').selectAll().orderBy('seq', 'desc').limit(1)).map(segmentOf)[0]
}

/**
 * Deletes up to `limit` payloads up to an entry, oldest first, but none that somebody may still act on: all of them, or
 * those with something encrypted.
 */
export function prunePayloads(db: Database, lastSeq: number, limit: number, which: 'all' | 'sealed' = 'all'): number {
  const unneeded = query
    .selectFrom('payloads')
    .innerJoin('entries', 'entries.seq', 'payloads.seq')
    .select('payloads.seq')
    .where('payloads.seq', '<=', lastSeq)
    .where((x) => (which === 'sealed' ? x('payloads.key', 'is not', null) : x.lit(true)))
    .where((x) => x.or([x('run', 'is', null), x('run', 'not in', livingRuns())]))
    .where((x) => x.or([x('incident', 'is', null), x('incident', 'not in', livingIncidents())]))
    .where('payloads.seq', 'not in', livingAlerts())
    .orderBy('payloads.seq')
    .limit(limit)
  return db.run(query.deleteFrom('payloads').where('seq', 'in', unneeded))
}

/** Whether an entry of the segment belongs to something that is not over. */
export function isNeeded(db: Database, { firstSeq, lastSeq }: Segment): boolean {
  const found = query
    .selectFrom('entries')
    .select('seq')
    .where('seq', '>=', firstSeq)
    .where('seq', '<=', lastSeq)
    .where((x) =>
      x.or([x('run', 'in', livingRuns()), x('incident', 'in', livingIncidents()), x('seq', 'in', livingAlerts())]),
    )
    .limit(1)
  return db.first(found) !== undefined
}

/** Deletes a segment's entries; its head stays. */
export function dropSegment(db: Database, { seq, lastSeq }: Segment): void {
  db.run(query.deleteFrom('payloads').where('seq', '<=', lastSeq))
  db.run(query.deleteFrom('entries').where('seq', '<=', lastSeq))
  db.run(query.updateTable('segments').set({ dropped: 1 }).where('seq', '=', seq))
}

/** Runs that are open, and ended ones whose lock waits for a person. */
const livingRuns = () =>
  query.selectFrom('runs').select('run').where('ended_at', 'is', null).union(query.selectFrom('locks').select('run'))

const livingIncidents = () => query.selectFrom('incidents').select('incident').where('closed_at', 'is', null)

const livingAlerts = () => query.selectFrom('alerts').select('seq')

function segmentOf(row: {
  readonly seq: number
  readonly first_seq: number
  readonly last_seq: number
  readonly head: string
  readonly sealed_at: string
}): Segment {
  return {
    seq: row.seq,
    firstSeq: row.first_seq,
    lastSeq: row.last_seq,
    head: row.head,
    sealedAt: momentOf(row.sealed_at),
  }
}
