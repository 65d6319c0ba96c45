import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'

/** What this user may still write to the disk of a file, in bytes. */
export function diskBytes(file: string): number {
  const { bavail, bsize } = statfsSync(dirname(file))
  return bavail * bsize
}
