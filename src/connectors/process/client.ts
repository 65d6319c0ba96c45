import { ConflictError, RetryableError, TerminalError } from '../../domain/errors.ts'
import { changeCommand } from '../control/by-hand.ts'
import { exchange } from '../control/exchange.ts'
import { Changes, type Change } from './shim/changes.ts'
import { Restarted, State } from './shim/schema.ts'

/** What a shim is asked, by the path of its socket. All throw RetryableError when it does not answer in time. */
export type ShimClient = {
  state(socket: string, abort: AbortSignal): Promise<State>
  /** What was changed through it; a shim from before it noted that says nothing of it. */
  changes(socket: string, abort: AbortSignal): Promise<readonly Change[]>
  /**
   * Throws ConflictError when the identity is not `ifIdentity`, RetryableError when the answer is missing: the restart
   * may then have been done, and the same key finds out.
   */
  restart(
    socket: string,
    change: { readonly ifIdentity: string; readonly key: string },
    abort: AbortSignal,
  ): Promise<void>
  /** The same restart, as a command for a person's shell. */
  restartByHand(socket: string): string
}

/** A restart takes the instance's grace and the start; longer than this and nobody waits any more. */
const RESTART_TIMEOUT_MS = 8000

/** @param timeoutMs how long a shim may take to say how its instance is */
export function shimClient(timeoutMs: number): ShimClient {
  return {
    state: async (socket, abort) => State.parse(await ask(socket, '/state', undefined, limit(abort, timeoutMs))),
    changes: async (socket, abort) => {
      const told = await ask(socket, '/changes', undefined, limit(abort, timeoutMs)).catch((thrown: unknown) => {
        if (thrown instanceof TerminalError) return { changes: [] }
        throw thrown
      })
      return Changes.parse(told).changes
    },
    restart: async (socket, change, abort) => {
      Restarted.parse(await ask(socket, '/restart', change, limit(abort, RESTART_TIMEOUT_MS)))
    },
    restartByHand: (socketPath) => {
      const look = { socketPath, path: '/state' }
      const restart = { socketPath, path: '/restart' }
      return changeCommand(restart, {}, { look, says: 'identity', as: 'ifIdentity', kind: 'text' })
    },
  }
}

const limit = (abort: AbortSignal, timeoutMs: number): AbortSignal =>
  AbortSignal.any([abort, AbortSignal.timeout(timeoutMs)])

async function ask(socket: string, path: string, order: object | undefined, abort: AbortSignal): Promise<unknown> {
  const asked = `${order ? 'POST' : 'GET'} ${path} of the shim at ${socket}`
  const { status, body } = await exchange({ socketPath: socket, path }, order, abort).catch((cause: unknown) => {
    throw new RetryableError(`no answer to ${asked}: look whether the shim runs`, { cause })
  })
  if (status === 200) return JSON.parse(body)
  const message = `${asked} was answered with ${status}: ${body}`
  if (status === 409) throw new ConflictError(message)
  throw status >= 500 ? new RetryableError(message) : new TerminalError(message)
}
