import type { Moment } from '../../lib/clock.ts'
import type { Hold, Latch, Write } from '../../domain/ledger.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Database } from '../database.ts'
import { builtOnce, momentOf, momentText, query } from '../tables.ts'

/** A new hold on a target takes the place of the one before it. */
export function putHold(db: Database, { target, forMs, reason, by }: Extract<Write, { do: 'hold' }>, at: Moment): void {
  const row = { since: momentText(at), for_ms: Math.ceil(forMs), reason, by }
  db.run(
    query
      .insertInto('holds')
      .values({ target, ...row })
      .onConflict((same) => same.column('target').doUpdateSet(row)),
  )
}

/** The first latch on an owner stays: it says since when and why. */
export function putLatch(db: Database, owner: ResourceRef, reason: string, at: Moment): void {
  db.run(
    query
      .insertInto('latches')
      .values({ owner, since: momentText(at), reason })
      .onConflict((same) => same.column('owner').doNothing()),
  )
}

/** Ends the hold and the latch on a target. */
export function endHolds(db: Database, target: ResourceRef): void {
  db.run(query.deleteFrom('holds').where('target', '=', target))
  db.run(query.deleteFrom('latches').where('owner', '=', target))
}

const holds = builtOnce(query.selectFrom('holds').selectAll().orderBy('target'))
const latches = builtOnce(query.selectFrom('latches').selectAll().orderBy('owner'))

/** Every hold nobody has ended, whether or not its time has passed: the clock that decides is the reader's. */
export function allHolds(db: Database): Hold[] {
  return db
    .all(holds())
    .map(({ target, since, for_ms, reason, by }) => ({ target, since: momentOf(since), forMs: for_ms, reason, by }))
}

export function allLatches(db: Database): Latch[] {
  return db.all(latches()).map(({ owner, since, reason }) => ({ owner, since: momentOf(since), reason }))
}
