import { lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { TerminalError } from '../domain/errors.ts'
import { holderOf, nameOf } from './holder.ts'

/** Where the running owner of a data folder answers. */
export function socketPathIn(dataFolder: string): string {
  return join(dataFolder, 'kintsugi.sock')
}

/** The kernel takes no longer name for a unix socket, its closing zero left out. */
const LONGEST_PATH = 107

/**
 * Makes way for a new socket: removes the file that a dead owner left behind. Throws {@link TerminalError} where a
 * living one answers, where something else has that name, and where the name is too long for a socket.
 */
export async function clearSocketPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new TerminalError(
      `cannot listen on ${path}: a unix socket's path has at most ${LONGEST_PATH} bytes; choose a data folder with a shorter path`,
    )
  }
  const found = await lstat(path).catch(() => undefined)
  if (!found) return
  if (!found.isSocket()) throw new TerminalError(`cannot listen on ${path}: a file of that name is there; move it away`)
  if (await isLive(path)) throw await socketTaken(path)
  await unlink(path)
}

export async function socketTaken(path: string): Promise<TerminalError> {
  return new TerminalError(
    `cannot listen on ${path}: ${nameOf(await holderOf({ path }))} already serves this data folder; stop it, or start with another one (--data DIR)`,
  )
}

/** Only a refusal proves that nobody is there: an owner that hangs still has its socket. */
function isLive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    )
  })
}
