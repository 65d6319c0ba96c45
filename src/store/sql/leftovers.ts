import { sql, type RawBuilder } from 'kysely'
import { elapsedMs, type Moment } from '../../lib/clock.ts'
import type { Database } from '../database.ts'
import { momentOf, query } from '../tables.ts'

/** Longer than any limit of attempts looks back. */
const KEEP_ATTEMPTS_MS = 366 * 86_400_000
const ATTEMPTS_AT_ONCE = 500

/** Deletes the rows of runs, incidents and proposals that are over and of which no entry is left: nobody could read them. */
export function dropLeftovers(db: Database): void {
  db.run(
    query
      .deleteFrom('proposals')
      .where('ended_as', 'is not', null)
      .where(untold(sql`entries.seq = proposals.seq`)),
  )
  db.run(
    query
      .deleteFrom('runs')
      .where('ended_at', 'is not', null)
      .where('run', 'not in', query.selectFrom('locks').select('run'))
      .where(untold(sql`entries.run = runs.run`)),
  )
  db.run(
    query
      .deleteFrom('incidents')
      .where('closed_at', 'is not', null)
      .where(untold(sql`entries.incident = incidents.incident`)),
  )
}

const untold = (by: RawBuilder<unknown>): RawBuilder<boolean> => sql`not exists (select 1 from entries where ${by})`

/**
 * Deletes attempts that count no more, but never the newest of an owner, by which a start knows that nothing has come
 * between. Age is by the clock that jumps least: a wall clock that was set forward frees nothing within one boot.
 */
export function forgetAttempts(db: Database, now: Moment): void {
  const old = db
    .all(
      query.selectFrom('attempts').select(['id', 'at']).where('released', '=', 0).orderBy('id').limit(ATTEMPTS_AT_ONCE),
    )
    .filter(({ at }) => elapsedMs(momentOf(at), now) >= KEEP_ATTEMPTS_MS)
    .map(({ id }) => id)
  db.run(
    query
      .deleteFrom('attempts')
      .where((x) => x.or([x('released', '=', 1), x('id', 'in', old)]))
      .where(sql<boolean>`id < (select max(later.id) from attempts as later where later.owner = attempts.owner)`),
  )
}
