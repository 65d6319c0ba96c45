import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, TerminalError } from '../domain/errors.ts'
import { copyDatabase, removeDatabase } from './backup.ts'
import { openDatabase } from './database.ts'
import { migrate, MIGRATIONS, refuseNewer, schemaOf } from './migrations.ts'
import { explained } from './sqlite-errors.ts'
import { verifyRecord } from './verify.ts'

/** Where the record as a version with that schema left it stays, for the way back. */
export const upgradeBackup = (folder: string, schema: number): string => join(folder, `record-backup-schema-${schema}`)

/**
 * Copies a record that is about to get a newer schema: an older version can be started on the copy again (`record
 * restore`). The upgrade is tried on a second copy first, and that one verified. Throws TerminalError, and has changed
 * nothing, on a schema that this version does not know, and when no whole copy could be made.
 */
export async function backUpBeforeUpgrade(folder: string): Promise<void> {
  const file = join(folder, 'record.db')
  const schema = existsSync(file) ? schemaIn(file) : 0
  if (schema === 0 || schema === MIGRATIONS.length) return
  const copy = upgradeBackup(folder, schema)
  const partial = `${copy}.partial`
  const problem = await copied(file, partial)
  if (problem === undefined) return renameSync(partial, copy)
  throw new TerminalError(
    `cannot upgrade the record in ${folder} from schema ${schema} to ${MIGRATIONS.length}: no whole backup of it could be made at ${copy} (${problem}); mend that, or go on with the version before`,
  )
}

function schemaIn(file: string): number {
  const db = openDatabase(file, { readOnly: true })
  try {
    refuseNewer(db)
    return schemaOf(db)
  } catch (thrown) {
    throw explained(thrown, file)
  } finally {
    db.close()
  }
}

/** Why there is no whole copy; undefined when there is one. */
async function copied(file: string, partial: string): Promise<string | undefined> {
  const trial = `${partial}-upgraded`
  try {
    await copyDatabase(file, partial)
    await copyDatabase(partial, trial)
    upgrade(trial)
    return verifyRecord(trial).problems[0]
  } catch (thrown) {
    return messageOf(explained(thrown, file))
  } finally {
    removeDatabase(trial)
  }
}

function upgrade(file: string): void {
  const db = openDatabase(file)
  try {
    migrate(db)
  } finally {
    db.close()
  }
}
