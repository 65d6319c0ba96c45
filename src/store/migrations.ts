import { TerminalError } from '../domain/errors.ts'
import { transact, type Database } from './database.ts'
import { first } from './migrations/0001-first.ts'
import { alerts } from './migrations/0002-alerts.ts'
import { proposals } from './migrations/0003-proposals.ts'
import { disturbances } from './migrations/0004-disturbances.ts'
import { sealed } from './migrations/0005-sealed.ts'
import { endorsements } from './migrations/0006-endorsements.ts'

/** In order, and never changed once released: the schema version of a record is how many of these it has seen. */
export const MIGRATIONS: readonly (readonly string[])[] = [first, alerts, proposals, disturbances, sealed, endorsements]

/** Brings a record to the schema this version knows, one transaction for each step; refuses a newer one. */
export function migrate(db: Database): void {
  refuseNewer(db)
  for (let version = schemaOf(db); version < MIGRATIONS.length; version++) {
    transact(db, () => {
      for (const statement of MIGRATIONS[version] ?? []) db.raw(statement)
      db.raw(`pragma user_version = ${version + 1}`)
    })
  }
}

/** For those who only read: the schema must be exactly the one this version knows. */
export function requireSchema(db: Database): void {
  refuseNewer(db)
  const version = schemaOf(db)
  if (version === MIGRATIONS.length) return
  throw new TerminalError(
    `cannot read the record ${db.file}: it has schema ${version}, this version reads ${MIGRATIONS.length}; start this version once on it (\`kintsugi serve\`), it brings the record up to date`,
  )
}

/** Throws TerminalError on a schema that this version does not know. */
export function refuseNewer(db: Database): void {
  const version = schemaOf(db)
  if (version <= MIGRATIONS.length) return
  throw new TerminalError(
    `cannot open the record ${db.file}: it has schema ${version}, this version knows ${MIGRATIONS.length}; use the version that wrote it, or a backup from before the upgrade`,
  )
}

/** How many migrations the record has seen; 0 for a file that is none yet. */
export function schemaOf(db: Database): number {
  return Number(db.raw('pragma user_version')[0]?.['user_version'])
}
