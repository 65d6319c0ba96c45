import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { TerminalError } from '../domain/errors.ts'
import type { Moment } from '../lib/clock.ts'
import { COMPANIONS, copyDatabase, lastAtOf, makeOneFile, removeDatabase } from './backup.ts'
import { openDatabase } from './database.ts'
import { makeFolder, readyFile } from './folder.ts'
import { migrate } from './migrations.ts'
import { lockOwner } from './owner.ts'
import { prepareCommit } from './prepared.ts'
import { explained } from './sqlite-errors.ts'
import { verifyRecord, type Verification } from './verify.ts'
import { openWriter } from './writer.ts'

export type RestoreOrder = {
  /** The backup. */
  readonly file: string
  /** The data folder; made if it is not there. */
  readonly folder: string
  readonly by: string
  readonly at: Moment
  /** Puts a record that is there aside instead of refusing. */
  readonly replace: boolean
}

export type RestoreReport = {
  /** Of the backup, as it was verified; the restored record has one entry more, which freezes. */
  readonly entries: number
  readonly head: string
  /** When the backup's last entry was written, in epoch milliseconds: what came later is lost. */
  readonly lastAt: number
  /** The folder that now holds the record that was there, and when the last entry of that was written, where it can be read. */
  readonly replaced?: { readonly folder: string; readonly lastAt?: number }
}

type Backup = Pick<RestoreReport, 'entries' | 'head' | 'lastAt'>

/**
 * Puts a backup in the place of a data folder's record. The chain is verified before and after; the restored record
 * starts frozen, since what was done after the backup is not on it. Throws TerminalError when a process owns the folder,
 * when a record is there (without `replace`), and when the backup is not whole: nothing has changed then.
 */
export async function restoreRecord(order: RestoreOrder): Promise<RestoreReport> {
  const { file, folder, at } = order
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new TerminalError(`cannot restore from ${file}: there is no such file; name a backup`)
  }
  makeFolder(folder)
  const lock = lockOwner(folder, at.wallMs)
  try {
    refuseToReplace(order)
    const partial = join(folder, 'record.db.partial')
    try {
      const backup = await preparedFrom(order, partial)
      const replaced = await swap(folder, partial, at)
      return { ...backup, ...(replaced && { replaced }) }
    } finally {
      removeDatabase(partial)
    }
  } finally {
    lock.release()
  }
}

const recordIn = (folder: string): string => join(folder, 'record.db')
const hasRecord = (folder: string): boolean => COMPANIONS.some((companion) => existsSync(recordIn(folder) + companion))

function refuseToReplace({ folder, file, replace }: RestoreOrder): void {
  if (replace || !hasRecord(folder)) return
  throw new TerminalError(
    `cannot restore ${file} into ${folder}: a record is there; --replace puts it aside, or name another folder`,
  )
}

/** Makes the record that is to be, whole and frozen, beside the place where it will stand. */
async function preparedFrom(order: RestoreOrder, partial: string): Promise<Backup> {
  const { file } = order
  try {
    await copyDatabase(file, partial)
    bringUpToDate(partial)
  } catch (thrown) {
    throw new TerminalError(`cannot restore from ${file}: it could not be copied, or is no backup`, {
      cause: explained(thrown, file),
    })
  }
  const { entries, head } = verified(partial, order)
  const lastAt = await lastAtOf(partial)
  if (lastAt === undefined) throw new TerminalError(`cannot restore from ${file}: it holds no entry of a record`)
  freeze(partial, order, lastAt)
  const after = verified(partial, order)
  if (after.entries !== entries + 1) throw new TerminalError(`cannot restore from ${file}: it could not be frozen`)
  return { entries, head, lastAt }
}

/** A backup of an older version is one of a record that a start would bring up to date. */
function bringUpToDate(file: string): void {
  const db = openDatabase(file)
  try {
    migrate(db)
  } finally {
    db.close()
  }
}

function verified(copy: string, { file }: RestoreOrder): Verification {
  const found = verifyRecord(copy)
  if (found.ok) return found
  throw new TerminalError(
    `cannot restore from ${file}: its chain does not hold: ${found.problems[0]}; take another one`,
  )
}

/** Nobody knows what was done since the backup: runs it shows as open have ended, limits it shows as free are spent. */
function freeze(file: string, { at, by }: RestoreOrder, lastAt: number): void {
  const reason = `restored from a backup of ${new Date(lastAt).toISOString()} by ${by}: what was done since is not on it; look at the targets, then resume`
  const pause = { freeze: true, reason, by }
  const owner = randomUUID()
  const options = { file, owner, synchronous: 'full', reserveBytes: 0 } as const
  const writer = openWriter(options)
  try {
    const [result] = writer.run([
      prepareCommit({ at, entries: [{ body: { kind: 'paused', ...pause } }], writes: [{ do: 'pause', ...pause }] }),
    ])
    if (result && 'error' in result) throw result.error
  } finally {
    writer.close()
  }
  makeOneFile(file)
}

/** From the first rename to the last no owner starts here: the file between them is there (`refuseHalfRestored`). */
async function swap(folder: string, partial: string, at: Moment): Promise<RestoreReport['replaced']> {
  const lastAt = await lastAtOf(folder).catch(() => undefined)
  renameSync(partial, readyFile(folder))
  const aside = hasRecord(folder) ? putAside(folder, at) : undefined
  renameSync(readyFile(folder), recordIn(folder))
  return aside === undefined ? undefined : { folder: aside, ...(lastAt !== undefined && { lastAt }) }
}

/** Into a folder of its own, so that it can be read there with `--data`. */
function putAside(folder: string, at: Moment): string {
  const aside = join(folder, `replaced-${new Date(at.wallMs).toISOString().replaceAll(':', '-')}`)
  mkdirSync(aside, { mode: 0o700 })
  for (const companion of COMPANIONS) {
    const file = recordIn(folder) + companion
    if (existsSync(file)) renameSync(file, recordIn(aside) + companion)
  }
  return aside
}
