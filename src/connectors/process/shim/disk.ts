import { lstat, readdir, realpath, statfs, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { removable, type Found } from './clean.ts'
import type { Files } from './files.ts'
import { operationOf } from './operation.ts'
import { UnfitError, type Operation } from './protocol.ts'
import type { Disk } from './sections.ts'

/** A folder with more is not looked through: nobody waits for that. */
const MAX_ENTRIES = 100_000
const MAX_DEPTH = 32

/** Cleaning by the declared rules. The parameters are empty: what may go is the manifest's to say. */
export function diskOperation(disk: Disk, files: Files): Operation {
  return operationOf({
    files,
    name: 'disk',
    workFor: (params) => {
      if (Object.keys(params).length > 0) throw new UnfitError('cleaning takes no parameters: the rules are declared')
      return { safe: true, run: () => clean(disk) }
    },
    facts: async (notes) => {
      const found = await filesUnder(disk.path)
      const go = removable(disk.clean, found, Date.now())
      return { ...notes, usedPercent: await usedPercent(disk, found), wouldFreeBytes: bytesOf(go), files: go.length }
    },
  })
}

/** How full the disk is, in percent. Throws when it cannot be looked through. */
export async function usedPercent(disk: Disk, found?: readonly Found[]): Promise<number> {
  const { path, capacityBytes } = disk
  if (capacityBytes !== undefined) return (100 * bytesOf(found ?? (await filesUnder(path)))) / capacityBytes
  const { blocks, bfree, bavail } = await statfs(path)
  const used = blocks - bfree
  return used + bavail === 0 ? 0 : (100 * used) / (used + bavail)
}

async function clean(disk: Disk): Promise<{ lastRemovedFiles: number; lastFreedBytes: number }> {
  const root = await realpath(disk.path)
  const gone: Found[] = []
  for (const file of removable(disk.clean, await filesUnder(root), Date.now())) {
    if (await remove(root, file)) gone.push(file)
  }
  return { lastRemovedFiles: gone.length, lastFreedBytes: bytesOf(gone) }
}

/** Removes the file that was seen; one that is gone, was written since, or is reached through a link now, is left. */
export async function remove(root: string, { path, changedAtMs }: Found): Promise<boolean> {
  const file = join(root, path)
  try {
    if ((await realpath(dirname(file))) !== dirname(file)) return false
    const now = await lstat(file)
    if (!now.isFile() || now.mtimeMs !== changedAtMs) return false
    await unlink(file)
    return true
  } catch (thrown) {
    if (isGone(thrown)) return false
    throw new Error(`cannot remove ${file}`, { cause: thrown })
  }
}

/** The regular files under a folder, at any depth; links are neither followed nor told of. */
async function filesUnder(root: string): Promise<readonly Found[]> {
  const found: Found[] = []
  let entries = 0
  const walk = async (folder: string, depth: number): Promise<void> => {
    const here = await readdir(join(root, folder), { withFileTypes: true }).catch((thrown: unknown) => {
      if (depth > 0 && isGone(thrown)) return []
      throw new Error(`cannot look through ${join(root, folder)}`, { cause: thrown })
    })
    entries += here.length
    if (entries > MAX_ENTRIES || depth > MAX_DEPTH) {
      throw new Error(`${root} has more than ${MAX_ENTRIES} entries or is deeper than ${MAX_DEPTH} folders`)
    }
    for (const entry of here) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) await walk(path, depth + 1)
      else if (entry.isFile()) found.push(...(await lookAt(root, path)))
    }
  }
  await walk('', 0)
  return found
}

async function lookAt(root: string, path: string): Promise<Found[]> {
  try {
    const { size, mtimeMs } = await lstat(join(root, path))
    return [{ path, bytes: size, changedAtMs: mtimeMs }]
  } catch (thrown) {
    if (isGone(thrown)) return []
    throw thrown
  }
}

const bytesOf = (found: readonly Found[]): number => found.reduce((sum, { bytes }) => sum + bytes, 0)

const isGone = (thrown: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '')
