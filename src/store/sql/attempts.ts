import type { Selectable } from 'kysely'
import type { Moment } from '../../lib/clock.ts'
import { ConflictError } from '../../domain/errors.ts'
import type { SpentAttempt, Write } from '../../domain/ledger.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Outcome } from '../../domain/run.ts'
import type { Database } from '../database.ts'
import { builtOnce, momentOf, momentText, NOBODY, query, type Tables } from '../tables.ts'

/** Spends one attempt; refused when another was spent since the gates looked. */
export function spendAttempt(db: Database, write: Extract<Write, { do: 'spend' }>, at: Moment): void {
  const { owner, run, shadow, seen } = write
  const last = lastAttempt(db, owner)
  if (last !== seen) {
    throw new ConflictError(
      `cannot spend an attempt on '${owner}' for run '${run}': the newest is ${last}, the gates saw ${seen}`,
    )
  }
  db.run(insert(owner, run, momentText(at), null, Number(shadow)))
}

const insert = builtOnce(
  query.insertInto('attempts').values({ owner: NOBODY, run: '', at: '', ended_at: null, shadow: 0 }),
)

const newestOf = builtOnce(
  query.selectFrom('attempts').select('id').where('owner', '=', NOBODY).orderBy('id', 'desc').limit(1),
)

/** The newest attempt on the owner, released or not; 0 for none. */
export function lastAttempt(db: Database, owner: ResourceRef): number {
  return db.first(newestOf(owner, 1))?.id ?? 0
}

export function endAttempt(db: Database, run: string, at: Moment): void {
  db.run(end(momentText(at), run))
}

const end = builtOnce(
  query.updateTable('attempts').set({ ended_at: '' }).where('run', '=', '').where('ended_at', 'is', null),
)

/** The owner's attempts count no longer. */
export function releaseAttempts(db: Database, owner: ResourceRef): void {
  db.run(query.updateTable('attempts').set({ released: 1 }).where('owner', '=', owner).where('released', '=', 0))
}

/** Attempts that count, with what became of their runs. */
const counting = query
  .selectFrom('attempts')
  .leftJoin('runs', 'runs.run', 'attempts.run')
  .selectAll('attempts')
  .select('runs.outcome')
  .where('attempts.released', '=', 0)

const countingOf = builtOnce(counting.where('attempts.owner', '=', NOBODY).orderBy('attempts.id'))

/** Attempts that count, oldest first. */
export function attemptsOf(db: Database, owner: ResourceRef): SpentAttempt[] {
  return db.all(countingOf(0, owner)).map(spentOf)
}

/** Attempts that count, on any owner, newest first. */
export function newestAttempts(db: Database, limit: number): SpentAttempt[] {
  return db.all(counting.orderBy('attempts.id', 'desc').limit(limit)).map(spentOf)
}

type Stored = Selectable<Tables['attempts']> & { readonly outcome: Outcome | null }

function spentOf({ id, owner, run, at, ended_at, outcome, shadow }: Stored): SpentAttempt {
  const ended = ended_at !== null && { endedAt: momentOf(ended_at) }
  return { id, owner, run, at: momentOf(at), ...ended, ...(outcome && { outcome }), shadow: shadow === 1 }
}
