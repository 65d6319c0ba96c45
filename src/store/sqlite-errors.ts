import { diskBytes } from './disk.ts'
import { RecordUnwritableError, TerminalError } from '../domain/errors.ts'

type SqliteError = Error & { readonly errcode: number }

function isSqliteError(thrown: unknown): thrown is SqliteError {
  return thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number'
}

/** The primary result code of SQLite (https://sqlite.org/rescode.html), or 0 for any other error. */
function codeOf(thrown: unknown): number {
  return isSqliteError(thrown) ? thrown.errcode & 0xff : 0
}

const BUSY = 5
const READONLY = 8
const CORRUPT = 11
const IO = 10
const FULL = 13
const CONSTRAINT = 19
const NOT_A_DATABASE = 26
/** Permission, busy, locked, out of memory, read-only, I/O, full, cannot open. */
const UNWRITABLE: readonly number[] = [3, BUSY, 6, 7, READONLY, IO, FULL, 14]

export const isBusy = (thrown: unknown): boolean => codeOf(thrown) === BUSY
export const isIo = (thrown: unknown): boolean => codeOf(thrown) === IO
export const isFull = (thrown: unknown): boolean => codeOf(thrown) === FULL
export const isConstraint = (thrown: unknown): boolean => codeOf(thrown) === CONSTRAINT
export const isDamage = (thrown: unknown): boolean => [CORRUPT, NOT_A_DATABASE].includes(codeOf(thrown))

/** What SQLite said, as an error of ours; anything that is not a state of the file or its disk comes back as it is. */
export function explained(thrown: unknown, file: string): unknown {
  if (isDamage(thrown)) {
    return new TerminalError(
      `the record ${file} is damaged: run \`kintsugi record verify\` to see where, and put a backup in its place`,
      { cause: thrown },
    )
  }
  if (!UNWRITABLE.includes(codeOf(thrown))) return thrown
  return new RecordUnwritableError(`cannot write the record ${file}: ${hint(codeOf(thrown), file)}`, { cause: thrown })
}

function hint(code: number, file: string): string {
  if (code === FULL || hasFullDisk(file)) return 'its disk is full; free some space'
  if (code === READONLY) return 'the file or its disk is read-only; make it writable for this user'
  if (code === BUSY) return 'another process keeps it locked; end whatever else writes to it'
  return 'its disk refuses; check the disk, its mount and the permissions'
}

/** SQLite cannot say that a file beside the database found no room: it could then just not open it. */
function hasFullDisk(file: string): boolean {
  try {
    return diskBytes(file) < 1 << 20
  } catch {
    return false
  }
}
