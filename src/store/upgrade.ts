import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, TerminalError } from '../domain/errors.ts'
import { copyDatabase } from './backup.ts'
import { openDatabase } from './database.ts'
import { MIGRATIONS, refuseNewer, schemaOf, type Migrations } from './migrations.ts'
import { explained } from './sqlite-errors.ts'
import { verifyRecord } from './verify.ts'

/** Where the record as a version with that schema left it stays, for the way back. */
export const upgradeBackup = (folder: string, schema: number): string => join(folder, `record-backup-schema-${schema}`)

/**
 * Copies a record that is about to get a newer schema, and verifies the copy: an older version can be started on it again
 * (`record restore`). Throws TerminalError, and has changed nothing, on a schema that this version does not know, and when
 * no whole copy could be made.
 */
export async function backUpBeforeUpgrade(folder: string, known: Migrations = MIGRATIONS): Promise<void> {
  const file = join(folder, 'record.db')
  const schema = existsSync(file) ? schemaIn(file, known) : 0
  if (schema === 0 || schema === known.length) return
  const copy = upgradeBackup(folder, schema)
  const partial = `${copy}.partial`
  const problem = await copied(file, partial, known.slice(0, schema))
  if (problem === undefined) return renameSync(partial, copy)
  throw new TerminalError(
    `cannot upgrade the record in ${folder} from schema ${schema} to ${known.length}: no whole backup of it could be made at ${copy} (${problem}); mend that, or go on with the version before`,
  )
}

function schemaIn(file: string, known: Migrations): number {
  const db = openDatabase(file, { readOnly: true })
  try {
    refuseNewer(db, known)
    return schemaOf(db)
  } catch (thrown) {
    throw explained(thrown, file)
  } finally {
    db.close()
  }
}

/** Why there is no whole copy; undefined when there is one. */
async function copied(file: string, partial: string, migrations: Migrations): Promise<string | undefined> {
  try {
    await copyDatabase(file, partial)
    return verifyRecord(partial, { migrations }).problems[0]
  } catch (thrown) {
    return messageOf(explained(thrown, file))
  }
}
