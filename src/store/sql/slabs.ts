import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { builtOnce, query } from '../tables.ts'

const count = builtOnce(query.selectFrom('slabs').select((x) => x.fn.countAll<number>().as('count')))

export function countSlabs(db: Database): number {
  return db.first(count())?.count ?? 0
}

export function addSlab(db: Database, bytes: number): void {
  db.run(query.insertInto('slabs').values({ body: sql<Uint8Array>`zeroblob(${bytes})` }))
}

/** Turns one slab into free pages. */
export function openSlab(db: Database): void {
  db.run(
    query.deleteFrom('slabs').where(
      'id',
      '=',
      query.selectFrom('slabs').select((x) => x.fn.max('id').as('id')),
    ),
  )
}
