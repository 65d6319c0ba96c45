import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'

/** The longest path that a unix socket can have on Linux (one less than the 108 bytes of `sun_path`). */
const PATH_LIMIT_BYTES = 107

/**
 * Listens on a unix socket that only this user may open. Replaces the socket of a process that is dead; throws when a
 * living one listens there.
 */
export async function listenOn(server: Server, path: string): Promise<void> {
  if (Buffer.byteLength(path) > PATH_LIMIT_BYTES) {
    throw new Error(`the path of a unix socket has at most ${PATH_LIMIT_BYTES} bytes, use a shorter folder: ${path}`)
  }
  try {
    await listen(server, path)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw thrown
    if (await someoneListens(path)) {
      throw new Error(`another shim serves ${path}: stop it first (POST /stop)`, { cause: thrown })
    }
    rmSync(path, { force: true })
    await listen(server, path)
  }
  chmodSync(path, 0o600)
}

async function listen(server: Server, path: string): Promise<void> {
  server.listen(path)
  await once(server, 'listening')
}

/** A frozen shim still has its socket: the kernel takes the connection, so it counts as living. */
function someoneListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
