import type { Moment } from '../../lib/clock.ts'
import { ConflictError } from '../../domain/errors.ts'
import type { ListQuery } from '../../domain/ports.ts'
import type { RunRow } from '../../domain/ledger.ts'
import type { Outcome } from '../../domain/run.ts'
import type { Database } from '../database.ts'
import { builtOnce, momentOf, momentText, NOBODY, query } from '../tables.ts'

export function openRun(
  db: Database,
  { run, incident, plan, owner, target }: Omit<RunRow, 'startedAt'>,
  at: Moment,
): void {
  if (db.first(named(run))) {
    throw new ConflictError(`cannot open run '${run}': the record has it already`)
  }
  db.run(insert(run, incident, plan, owner, target, momentText(at), null, null))
}

const named = builtOnce(query.selectFrom('runs').select('id').where('run', '=', ''))
const insert = builtOnce(
  query.insertInto('runs').values({
    run: '',
    incident: '',
    plan: '',
    owner: NOBODY,
    target: NOBODY,
    started_at: '',
    ended_at: null,
    outcome: null,
  }),
)

export function closeRun(db: Database, run: string, outcome: Outcome, at: Moment): void {
  const changed = db.run(close(momentText(at), outcome, run))
  if (changed === 0) throw new ConflictError(`cannot close run '${run}': the record has no such open run`)
}

const close = builtOnce(
  query.updateTable('runs').set({ ended_at: '', outcome: null }).where('run', '=', '').where('ended_at', 'is', null),
)

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
