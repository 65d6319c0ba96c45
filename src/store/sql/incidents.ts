import type { Moment } from '../../lib/clock.ts'
import { ConflictError } from '../../domain/errors.ts'
import type { ListQuery } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Database } from '../database.ts'
import { momentText, query } from '../tables.ts'

export function openIncident(db: Database, incident: string, owner: ResourceRef, at: Moment): void {
  if (db.first(query.selectFrom('incidents').select('id').where('incident', '=', incident))) {
    throw new ConflictError(`cannot open incident '${incident}': the record has it already`)
  }
  db.run(query.insertInto('incidents').values({ incident, owner, opened_at: momentText(at), closed_at: null }))
}

/** Refused while a proposal is open in it: that is ended first, in the same commit. */
export function closeIncident(db: Database, incident: string, at: Moment): void {
  const open = db.first(
    query.selectFrom('proposals').select('proposal').where('incident', '=', incident).where('ended_as', 'is', null),
  )
  if (open) throw new ConflictError(`cannot close incident '${incident}': proposal '${open.proposal}' is open in it`)
  const changed = db.run(
    query
      .updateTable('incidents')
      .set({ closed_at: momentText(at) })
      .where('incident', '=', incident)
      .where('closed_at', 'is', null),
  )
  if (changed === 0)
    throw new ConflictError(`cannot close incident '${incident}': the record has no such open incident`)
}

/** Oldest first. */
export function findOpenIncidents(db: Database): string[] {
  const rows = db.all(query.selectFrom('incidents').select('incident').where('closed_at', 'is', null).orderBy('id'))
  return rows.map((row) => row.incident)
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
