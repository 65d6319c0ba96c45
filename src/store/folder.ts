import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, TerminalError } from '../domain/errors.ts'

/** Makes the data folder, for this user alone, if it is not there. Throws TerminalError when it cannot be made. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (thrown) {
    throw new TerminalError(
      `cannot make the data folder ${folder} (${messageOf(thrown)}): name another one, or make it and give it to this user`,
      { cause: thrown },
    )
  }
}

/** A restored record that is whole, but not in its place yet. */
export function readyFile(folder: string): string {
  return join(folder, 'record.db.restored')
}

/** While a restore swaps the records there may be none, or half of one: what starts then would know nothing of the freeze. */
export function refuseHalfRestored(folder: string): void {
  if (!existsSync(readyFile(folder))) return
  throw new TerminalError(
    `cannot open the record in ${folder}: a restore into it was broken off; run \`kintsugi record restore\` again`,
  )
}
