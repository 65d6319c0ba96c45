import type { FastifyInstance } from 'fastify'
import { messageOf, TerminalError } from '../domain/errors.ts'
import { shownReader } from '../engine/concealed.ts'
import type { Feed } from '../engine/feed.ts'
import type { Log } from '../lib/log.ts'
import { type Redactor, redactorOf } from '../lib/redact.ts'
import { accessOf, type AccessConfig } from './access.ts'
import type { AlertIntake } from './alerts.ts'
import { asOrder, handlersOf, type Served } from './handlers.ts'
import { holderOf, nameOf } from './holder.ts'
import { localApp } from './local.ts'
import { portApp } from './port.ts'
import type { SignalIntake } from './signals.ts'
import { clearSocketPath, socketTaken } from './socket.ts'

export type ApiDeps = Omit<Served, 'now' | 'hasTokens'> & {
  /** Prometheus text. */
  readonly metrics: () => Promise<string>
  /** Takes what is posted as alerts; absent where nothing is taken. */
  readonly alerts?: AlertIntake
  /** Where samples, log lines, spans and events go; without it, none are taken. */
  readonly signals?: SignalIntake
  /** Says that the record has grown; without it nobody can follow the events. */
  readonly feed?: Feed
  /** @default 15 s */
  readonly heartbeatMs?: number
  /** Who may ask, and by which name of the server; without tokens where absent. */
  readonly access?: () => Pick<AccessConfig, 'access' | 'publicUrl'>
  /** What nobody is shown; where absent, what is told by its name and its look alone. */
  readonly redact?: Redactor
  /** Where the console was built; without it, none is served. */
  readonly web?: string
  /** Epoch milliseconds; the machine's clock where absent. */
  readonly now?: () => number
  /** See `socketPathIn`. */
  readonly socketPath: string
  /** Port 0 takes any that is free. */
  readonly listen?: Listen
  readonly log: Log
}

type Listen = { readonly host: string; readonly port: number }
const NO_TOKENS = { access: { tokens: [] } }

export type RunningApi = { readonly port?: number; close(): Promise<void> }

/**
 * Serves the contract on the unix socket, for the operator of the machine, and on a TCP port, where asked, for whoever may;
 * alerts come in by both. Throws {@link TerminalError} when the socket or the port is taken, naming which, by whom, and what
 * to do; nothing is left open then.
 */
export async function startApi(deps: ApiDeps): Promise<RunningApi> {
  const { listen, now = Date.now, access: rules = () => NO_TOKENS } = deps
  const config = (): AccessConfig => ({ listen: listen ?? { host: 'localhost', port: 0 }, ...rules() })
  const access = accessOf(config, now, (caller, what, reason) =>
    deps.operator.refused({ ...asOrder(caller), what, reason }),
  )
  const reader = shownReader(deps.reader, deps.redact ?? redactorOf())
  const handlers = handlersOf({ ...deps, reader, now, hasTokens: () => access.hasTokens() })
  const local = localApp({ ...deps, handlers, now })
  await listenOnSocket(local, deps.socketPath)
  if (!listen) return { close: () => local.close() }
  const open = portApp({ ...deps, handlers, access, now })
  try {
    const port = await listenOnPort(open, listen)
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

async function listenOnPort(app: FastifyInstance, listen: Listen): Promise<number> {
  try {
    await app.listen(listen)
  } catch (error) {
    throw await portError(listen, error)
  }
  const address = app.server.address()
  return typeof address === 'object' && address ? address.port : listen.port
}

async function portError({ host, port }: Listen, error: unknown): Promise<TerminalError> {
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
