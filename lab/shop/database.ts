import { ask, keptConnections, type Answer } from './peers.ts'
import type { Pool } from './connection-pool.ts'
import type { ServerResponse } from 'node:http'

/** The pool's database, as an api instance asks it. */
export type Database = {
  /** Undefined when no connection was free in time. */
  query(path: string, waiting: ServerResponse, headers?: Readonly<Record<string, string>>): Promise<Answer | undefined>
  /** All hot goods at once. Throws when the database does not give them. */
  bulk(): Promise<readonly (readonly [string, string])[]>
  /** How busy the database is, in percent; undefined when it does not say. */
  busyPercent(): Promise<number | undefined>
}

const BULK_TIMEOUT_MS = 3000
const LOOK_TIMEOUT_MS = 500

/** Queries go through the bounded pool; the bulk load has a connection of its own. */
export function database(peer: string, connections: Pool, timeoutMs: () => number): Database {
  const agent = keptConnections()
  return {
    query: async (path, waiting, headers = {}) => {
      const connection = await connections.take()
      if (!connection) return undefined
      const asking = { peer, path, timeoutMs: timeoutMs(), agent: connection.agent, waiting, headers }
      return ask(asking).finally(() => connection.giveBack())
    },
    bulk: async () => {
      const { status, body } = await ask({ peer, path: '/bulk', timeoutMs: BULK_TIMEOUT_MS, agent })
      if (status !== 200) throw new Error(`cannot load the hot goods from the database: ${status} ${body}`)
      return JSON.parse(body) as [string, string][]
    },
    busyPercent: async () => {
      const { status, body } = await ask({ peer, path: '/headroom', timeoutMs: LOOK_TIMEOUT_MS, agent })
      return status === 200 ? (JSON.parse(body) as { busyPercent: number }).busyPercent : undefined
    },
  }
}
