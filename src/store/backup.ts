import { existsSync, renameSync, rmSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { TerminalError } from '../domain/errors.ts'
import { openReadOnly, recordFile } from './reader.ts'
import { openDatabase } from './database.ts'

const ALL_PAGES = 0x7fff_ffff

/**
 * Copies the record into one file, also while its owner runs: the state of one moment, taken in one go on another
 * thread. Throws TerminalError when the file exists; a broken-off copy leaves only `toFile.partial`.
 */
export async function backupRecord(folder: string, toFile: string): Promise<void> {
  if (existsSync(toFile))
    throw new TerminalError(`cannot back the record up to ${toFile}: the file exists; name a new one`)
  openReadOnly(folder).close()
  const partial = `${toFile}.partial`
  rmSync(partial, { force: true })
  const source = new DatabaseSync(recordFile(folder), { readOnly: true, timeout: 5000 })
  try {
    await backup(source, partial, { rate: ALL_PAGES })
  } finally {
    source.close()
  }
  // Out of WAL mode the copy is one file that needs nothing beside it.
  const copy = openDatabase(partial)
  copy.raw('pragma journal_mode = delete')
  copy.close()
  renameSync(partial, toFile)
}
