import type { FastifyInstance } from 'fastify'
import { messageOf, TerminalError } from '../domain/errors.ts'
import type { Operator } from '../domain/operator.ts'
import type { RecordReader } from '../domain/ports.ts'
import type { Log } from '../lib/log.ts'
import type { AlertIntake } from './alerts.ts'
import { apiOf } from './handlers.ts'
import { holderOf, nameOf } from './holder.ts'
import { localApp } from './local.ts'
import { portApp } from './port.ts'
import type { TraceIntake } from './traces.ts'
import { clearSocketPath, socketTaken } from './socket.ts'

export type ApiDeps = {
  readonly operator: Operator
  readonly reader: RecordReader
  /** Prometheus text. */
  readonly metrics: () => Promise<string>
  /** Takes what is posted as alerts; absent where nothing is taken. */
  readonly alerts?: AlertIntake
  /** Where the spans of services go; without it, none are taken. */
  readonly traces?: TraceIntake
  /** Epoch milliseconds; the machine's clock where absent. */
  readonly now?: () => number
  /** See `socketPathIn`. */
  readonly socketPath: string
  /** Port 0 takes any that is free. */
  readonly listen?: { readonly host: string; readonly port: number }
  readonly log: Log
}

export type RunningApi = { readonly port?: number; close(): Promise<void> }

/**
 * Serves the contract on the unix socket and, where asked, health and metrics on a TCP port; alerts come in by both. Throws {@link TerminalError}
 * when the socket or the port is taken, naming which, by whom, and what to do; nothing is left open then.
 */
export async function startApi(deps: ApiDeps): Promise<RunningApi> {
  const now = deps.now ?? Date.now
  const local = localApp({ ...deps, api: apiOf(deps.operator, deps.reader, now), now })
  await listenOnSocket(local, deps.socketPath)
  if (!deps.listen) return { close: () => local.close() }
  const open = portApp({ ...deps, now })
  try {
    const port = await listenOnPort(open, deps.listen)
    return { port, close: async () => void (await Promise.all([local.close(), open.close()])) }
  } catch (error) {
    await Promise.all([local.close(), open.close()])
    throw error
  }
}

async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  await clearSocketPath(path)
  await app.ready()
  // Set before the file exists, so that there is no moment in which others can open it.
  const umask = process.umask(0o177)
  try {
    await app.listen({ path })
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') throw await socketTaken(path)
    throw new TerminalError(
      `cannot listen on ${path}: ${messageOf(error)}; check that the data folder is there and yours`,
    )
  } finally {
    process.umask(umask)
  }
}

async function listenOnPort(app: FastifyInstance, listen: { host: string; port: number }): Promise<number> {
  try {
    await app.listen(listen)
  } catch (error) {
    throw await portError(listen, error)
  }
  const address = app.server.address()
  return typeof address === 'object' && address ? address.port : listen.port
}

async function portError({ host, port }: { host: string; port: number }, error: unknown): Promise<TerminalError> {
  const remedy = 'choose another with listen: HOST:PORT in kintsugi.yaml'
  if (codeOf(error) === 'EADDRINUSE') {
    const holder = nameOf(await holderOf({ port }))
    return new TerminalError(`cannot listen on ${host}:${port}: ${holder} has that port; stop it, or ${remedy}`)
  }
  return new TerminalError(`cannot listen on ${host}:${port}: ${messageOf(error)}; ${remedy}`)
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
}
