import type { Moment } from '../../lib/clock.ts'
import { ConflictError } from '../../domain/errors.ts'
import type { ListQuery } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Database } from '../database.ts'
import { builtOnce, momentText, NOBODY, query } from '../tables.ts'

export function openIncident(db: Database, incident: string, owner: ResourceRef, at: Moment): void {
  if (db.first(named(incident))) {
    throw new ConflictError(`cannot open incident '${incident}': the record has it already`)
  }
  db.run(insert(incident, owner, momentText(at), null))
}

const named = builtOnce(query.selectFrom('incidents').select('id').where('incident', '=', ''))
const insert = builtOnce(
  query.insertInto('incidents').values({ incident: '', owner: NOBODY, opened_at: '', closed_at: null }),
)

/** Refused while a proposal is open in it: that is ended first, in the same commit. */
export function closeIncident(db: Database, incident: string, at: Moment): void {
  const open = db.first(proposedIn(incident))
  if (open) throw new ConflictError(`cannot close incident '${incident}': proposal '${open.proposal}' is open in it`)
  const changed = db.run(close(momentText(at), incident))
  if (changed === 0)
    throw new ConflictError(`cannot close incident '${incident}': the record has no such open incident`)
}

const proposedIn = builtOnce(
  query.selectFrom('proposals').select('proposal').where('incident', '=', '').where('ended_as', 'is', null),
)
const close = builtOnce(
  query.updateTable('incidents').set({ closed_at: '' }).where('incident', '=', '').where('closed_at', 'is', null),
)

const open = builtOnce(query.selectFrom('incidents').select('incident').where('closed_at', 'is', null).orderBy('id'))

/** Oldest first. */
export function findOpenIncidents(db: Database): string[] {
  return db.all(open()).map((row) => row.incident)
}

/** Newest first. */
export function findIncidents(
  db: Database,
  { limit, after, state }: ListQuery & { readonly state?: 'open' | 'closed' },
): string[] {
  let found = query.selectFrom('incidents').select('incident').orderBy('id', 'desc')
  if (state !== undefined) found = found.where('closed_at', state === 'open' ? 'is' : 'is not', null)
  if (after !== undefined) {
    found = found.where('id', '<', query.selectFrom('incidents').select('id').where('incident', '=', after))
  }
  if (limit !== undefined) found = found.limit(limit)
  return db.all(found).map((row) => row.incident)
}
