import { appendFileSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A data folder of a declared capacity, and the journal an instance keeps in it. */
export type Journal = {
  /** How full the folder is, in percent of its capacity. */
  usage(): number
  /** Appends a line; false when the folder has no room for it. */
  write(line: string): boolean
}

const LOOK_EVERY_MS = 250
const ROTATE_AT_BYTES = 256 * 1024

/** The folder stands for a small disk: what lies beyond `capacityBytes` cannot be written. */
export function journalIn(folder: string, capacityBytes: number): Journal {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'journal.log')
  let used = bytesIn(folder)
  let size = sizeOf(file)
  setInterval(() => (used = bytesIn(folder)), LOOK_EVERY_MS).unref()
  return {
    usage: () => (100 * used) / capacityBytes,
    write: (line) => {
      const bytes = Buffer.byteLength(line) + 1
      if (used + bytes > capacityBytes) return false
      if (size + bytes > ROTATE_AT_BYTES) {
        renameSync(file, `${file}.1`)
        size = 0
      }
      appendFileSync(file, `${line}\n`)
      size += bytes
      used += bytes
      return true
    },
  }
}

/** Bytes of the files of a folder; those that vanish meanwhile count nothing. */
export function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + sizeOf(join(folder, name)), 0)
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
