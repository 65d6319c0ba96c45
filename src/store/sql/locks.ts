import { ConflictError } from '../../domain/errors.ts'
import type { Lock } from '../../domain/ledger.ts'
import type { Database } from '../database.ts'
import { builtOnce, query } from '../tables.ts'

/**
 * Takes all locks or none. An `own` lock excludes every other run from the resource; `within` locks share it with each
 * other. What the run holds already it keeps, the stronger mode of the two.
 */
export function takeLocks(db: Database, run: string, own: readonly string[], within: readonly string[]): void {
  const other = conflicting(db, run, own, within)
  if (other !== undefined) {
    throw new ConflictError(
      `cannot lock '${other.resource}' for run '${run}': run '${other.run}' holds it (${other.mode})`,
    )
  }
  for (const resource of within) put(db, { resource, run, mode: 'within' })
  for (const resource of own) put(db, { resource, run, mode: 'own' })
}

function conflicting(db: Database, run: string, own: readonly string[], within: readonly string[]): Lock | undefined {
  return db.first(
    query
      .selectFrom('locks')
      .selectAll()
      .where('run', '!=', run)
      .where((x) => x.or([x('resource', 'in', own), x.and([x('resource', 'in', within), x('mode', '=', 'own')])]))
      .limit(1),
  )
}

function put(db: Database, { resource, run, mode }: Lock): void {
  db.run(mode === 'own' ? putOwn(resource, run, mode, mode) : putWithin(resource, run, mode))
}

const insert = query.insertInto('locks').values({ resource: '', run: '', mode: 'own' })
const putOwn = builtOnce(insert.onConflict((same) => same.columns(['resource', 'run']).doUpdateSet({ mode: 'own' })))
const putWithin = builtOnce(insert.onConflict((same) => same.columns(['resource', 'run']).doNothing()))

/** Frees whatever the run holds. */
export function freeLocks(db: Database, run: string): void {
  db.run(free(run))
}

const free = builtOnce(query.deleteFrom('locks').where('run', '=', ''))

export function allLocks(db: Database): Lock[] {
  return db.all(all())
}

const all = builtOnce(query.selectFrom('locks').selectAll().orderBy('run').orderBy('resource'))

const onOne = builtOnce(query.selectFrom('locks').selectAll().where('resource', '=', ''))

/** The locks on any of the resources. */
export function locksOn(db: Database, resources: readonly string[]): Lock[] {
  return [...new Set(resources)]
    .flatMap((resource) => db.all(onOne(resource)))
    .toSorted((a, b) => byName(a.run, b.run) || byName(a.resource, b.resource))
}

const byName = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
