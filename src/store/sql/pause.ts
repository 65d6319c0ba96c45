import type { Moment } from '../../lib/clock.ts'
import type { Pause, Write } from '../../domain/ledger.ts'
import type { Database } from '../database.ts'
import { builtOnce, momentOf, momentText, query } from '../tables.ts'

/** A new pause takes the place of the one before it, so that a pause can become a freeze. */
export function putPause(db: Database, { freeze, reason, by }: Extract<Write, { do: 'pause' }>, at: Moment): void {
  const row = { freeze: Number(freeze), since: momentText(at), reason, by }
  db.run(
    query
      .insertInto('pause')
      .values({ id: 1, ...row })
      .onConflict((same) => same.column('id').doUpdateSet(row)),
  )
}

export function endPause(db: Database): void {
  db.run(query.deleteFrom('pause'))
}

const pause = builtOnce(query.selectFrom('pause').selectAll())

export function findPause(db: Database): Pause | undefined {
  const row = db.first(pause())
  return row && { freeze: row.freeze === 1, since: momentOf(row.since), reason: row.reason, by: row.by }
}
