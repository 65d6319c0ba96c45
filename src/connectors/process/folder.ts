import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RetryableError } from '../../domain/errors.ts'
import { paced } from '../../lib/paced.ts'
import { Kept } from './shim/schema.ts'

/** An instance that a shim serves, or served until it died. */
export type Known = Pick<
  Kept,
  | 'namespace'
  | 'service'
  | 'instance'
  | 'address'
  | 'identity'
  | 'dependsOn'
  | 'standby'
  | 'wanted'
  | 'admin'
  | 'offers'
> & {
  readonly socket: string
}

export const socketOf = (dir: string, instance: string): string => join(dir, `${instance}.sock`)

/** The names of the instances that a folder keeps a state file of. Throws RetryableError when it cannot be read. */
export async function namesIn(dir: string): Promise<readonly string[]> {
  const files = await readdir(dir).catch((cause: Error) => {
    throw new RetryableError(`cannot look for shims in ${dir}`, { cause })
  })
  const states = files.filter((file) => file.endsWith('.json')).toSorted()
  return states.map((file) => file.slice(0, -'.json'.length))
}

/**
 * The instances of a folder of shims, by the state files: a shim that dies leaves its own behind, one that is told to
 * stop does not. Throws RetryableError when the folder, or the state file of a shim, cannot be read.
 */
export async function knownIn(dir: string): Promise<readonly Known[]> {
  const found = await paced(await namesIn(dir), (instance) => readKnown(dir, instance))
  return found.filter((known) => known !== undefined)
}

/** One of them; undefined where there is none of that name. Throws RetryableError when its state file cannot be read. */
export async function readKnown(dir: string, instance: string): Promise<Known | undefined> {
  const file = join(dir, `${instance}.json`)
  const socket = socketOf(dir, instance)
  try {
    const kept = Kept.parse(JSON.parse(await readFile(file, 'utf8')))
    return { ...kept, socket }
  } catch (thrown) {
    // Stopped since the listing, or a file of somebody else's: no shim, no instance.
    if (!existsSync(socket)) return undefined
    throw new RetryableError(`cannot read ${file}, the state file of the shim at ${socket}`, { cause: thrown })
  }
}
