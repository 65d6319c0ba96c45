import { connect } from 'node:net'
import { UsageError } from '../../domain/errors.ts'
import type { Answer } from './check.ts'

/** Opens a connection and closes it again. Throws what the socket throws. */
export function askTcp(address: string | undefined, abort: AbortSignal): Promise<Answer> {
  const { host, port } = hostAndPort(address)
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal: abort })
    socket.on('error', reject)
    socket.on('connect', () => {
      socket.destroy()
      resolve({ ok: true, reason: 'accepted the connection' })
    })
  })
}

/** Splits `host:port` and `[v6]:port`. Throws {@link UsageError}. */
function hostAndPort(address = ''): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host !== undefined && port > 0 && port < 65_536) return { host, port }
  throw new UsageError(`cannot connect to '${address}': it is not an address such as 127.0.0.1:8080`)
}
