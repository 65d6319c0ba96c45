import type { Moment } from '../../lib/clock.ts'
import { ConflictError } from '../../domain/errors.ts'
import type { ListQuery } from '../../domain/ports.ts'
import type { RunRow } from '../../domain/ledger.ts'
import type { Outcome } from '../../domain/run.ts'
import type { Database } from '../database.ts'
import { builtOnce, momentOf, momentText, query } from '../tables.ts'

export function openRun(
  db: Database,
  { run, incident, plan, owner, target }: Omit<RunRow, 'startedAt'>,
  at: Moment,
): void {
  if (db.first(query.selectFrom('runs').select('id').where('run', '=', run))) {
    throw new ConflictError(`cannot open run '${run}': the record has it already`)
  }
  const row = { run, incident, plan, owner, target, started_at: momentText(at), ended_at: null, outcome: null }
  db.run(query.insertInto('runs').values(row))
}

export function closeRun(db: Database, run: string, outcome: Outcome, at: Moment): void {
  const changed = db.run(
    query
      .updateTable('runs')
      .set({ ended_at: momentText(at), outcome })
      .where('run', '=', run)
      .where('ended_at', 'is', null),
  )
  if (changed === 0) throw new ConflictError(`cannot close run '${run}': the record has no such open run`)
}

const open = builtOnce(query.selectFrom('runs').selectAll().where('ended_at', 'is', null).orderBy('id'))

/** Oldest first: the order in which recovery takes them up. */
export function findOpenRuns(db: Database): RunRow[] {
  return db.all(open()).map(runOf)
}

/** Newest first. */
export function findRuns(db: Database, ask: ListQuery & { readonly incident?: string }): RunRow[] {
  let found = query.selectFrom('runs').selectAll().orderBy('id', 'desc')
  if (ask.incident !== undefined) found = found.where('incident', '=', ask.incident)
  if (ask.after !== undefined) {
    found = found.where('id', '<', query.selectFrom('runs').select('id').where('run', '=', ask.after))
  }
  if (ask.limit !== undefined) found = found.limit(ask.limit)
  return db.all(found).map(runOf)
}

type Stored = Omit<RunRow, 'startedAt' | 'endedAt' | 'outcome'> & {
  readonly started_at: string
  readonly ended_at: string | null
  readonly outcome: Outcome | null
}

function runOf({ run, incident, plan, owner, target, started_at, ended_at, outcome }: Stored): RunRow {
  return {
    run,
    incident,
    plan,
    owner,
    target,
    startedAt: momentOf(started_at),
    ...(ended_at !== null && { endedAt: momentOf(ended_at) }),
    ...(outcome !== null && { outcome }),
  }
}
