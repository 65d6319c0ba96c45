import { FencedError, RecordUnwritableError } from '../../domain/errors.ts'
import type { Database } from '../database.ts'
import { builtOnce, query } from '../tables.ts'

/** Who may write: a name that no other process has, and the number of its ownership. */
export type Ownership = { readonly owner: string; readonly epoch: number }

/** Makes `owner` the only one whose commits are accepted from now on. */
export function takeOwnership(db: Database, owner: string): Ownership {
  const epoch = readMeta(db).epoch + 1
  db.run(query.updateTable('meta').set({ epoch, owner }))
  return { owner, epoch }
}

/** The fence, inside every transaction: throws FencedError once somebody else has taken ownership. */
export function requireOwnership(db: Database, ours: Ownership): void {
  const now = readMeta(db)
  if (now.epoch === ours.epoch && now.owner === ours.owner) return
  throw new FencedError(
    `cannot write the record ${db.file}: ownership ${ours.epoch} has ended, ${now.epoch} has begun; only the newest owner writes, so end this process`,
  )
}

const meta = builtOnce(query.selectFrom('meta').select(['owner', 'epoch']))

function readMeta(db: Database): Ownership {
  const row = db.first(meta())
  if (row === undefined)
    throw new RecordUnwritableError(`cannot write the record ${db.file}: it does not say who owns it`)
  return row
}
