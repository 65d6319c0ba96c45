import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { TerminalError } from '../domain/errors.ts'
import { openDatabase } from './database.ts'
import { openReader, openReadOnly, recordFile } from './reader.ts'
import { verifyRecord } from './verify.ts'

const ALL_PAGES = 0x7fff_ffff

/** Beside a database's own file, what SQLite may keep for it. */
export const COMPANIONS: readonly string[] = ['', '-wal', '-shm', '-journal']

export type BackupReport = {
  readonly file: string
  readonly entries: number
  /** The chain value of the last entry. */
  readonly head: string
  readonly bytes: number
  /** When the last entry was written, in epoch milliseconds; absent for an empty record. */
  readonly lastAt?: number
}

/**
 * Copies the record into one file, also while its owner runs: the state of one moment, taken in one go on another
 * thread, and verified as it lies there. Throws TerminalError when the file exists, and when the copy does not verify;
 * what is no whole backup is left as `toFile.partial`.
 */
export async function backupRecord(folder: string, toFile: string): Promise<BackupReport> {
  if (existsSync(toFile))
    throw new TerminalError(`cannot back the record up to ${toFile}: the file exists; name a new one`)
  openReadOnly(folder).close()
  const partial = `${toFile}.partial`
  await copyDatabase(recordFile(folder), partial)
  const { ok, problems, entries, head } = verifyRecord(partial)
  if (!ok) {
    throw new TerminalError(
      `cannot back the record up to ${toFile}: the copy, left as ${partial}, does not verify: ${problems[0]}; see what \`kintsugi record verify\` says of the record itself`,
    )
  }
  const lastAt = await lastAtOf(partial)
  renameSync(partial, toFile)
  return { file: toFile, entries, head, bytes: statSync(toFile).size, ...(lastAt !== undefined && { lastAt }) }
}

/** Copies a database, also one in use, into one file that only this user may open; what was there before is lost. */
export async function copyDatabase(fromFile: string, toFile: string): Promise<void> {
  removeDatabase(toFile)
  writeFileSync(toFile, '', { mode: 0o600, flag: 'wx' })
  const source = new DatabaseSync(fromFile, { readOnly: true, timeout: 5000 })
  try {
    await backup(source, toFile, { rate: ALL_PAGES })
  } finally {
    source.close()
  }
  makeOneFile(toFile)
}

/** Out of WAL mode a database is one file that needs nothing beside it. */
export function makeOneFile(file: string): void {
  const db = openDatabase(file)
  try {
    db.raw('pragma journal_mode = delete')
  } finally {
    db.close()
  }
}

export function removeDatabase(file: string): void {
  for (const companion of COMPANIONS) rmSync(file + companion, { force: true })
}

/** When the last entry of a record was written, in epoch milliseconds; undefined for an empty one. */
export async function lastAtOf(place: string): Promise<number | undefined> {
  const reader = openReader(place)
  try {
    const [last] = await reader.entries({ newestFirst: true, limit: 1, bodies: false })
    return last?.at.wallMs
  } finally {
    reader.close()
  }
}
