import { request } from 'node:http'
import { join } from 'node:path'
import type { Identity } from '../processes.ts'
import type { KeyedEffect } from './effects.ts'

/** What a shim says of its instance. */
export type ShimState = {
  readonly instance: string
  readonly service: string
  readonly identity: string
  readonly running: boolean
  readonly ready: boolean
  readonly startedAtMs: number
  readonly restarts: number
  /** Restarts that it carried out. */
  readonly effects: readonly KeyedEffect[]
}

/** The lab's own line to one shim; Kintsugi has its own, so that the oracle stands outside. */
export function shimAt(
  dir: string,
  instance: string,
): {
  readonly socket: string
  state(): Promise<ShimState>
  /** What else was changed through it: scale, configuration, disk, commands. */
  changes(): Promise<readonly KeyedEffect[]>
  restart(ifIdentity: string, key: string): Promise<void>
  stop(): Promise<void>
} {
  const socket = join(dir, `${instance}.sock`)
  return {
    socket,
    state: async () => JSON.parse(await call(socket, 'GET', '/state')) as ShimState,
    changes: async () => (JSON.parse(await call(socket, 'GET', '/changes')) as { changes: KeyedEffect[] }).changes,
    restart: async (ifIdentity, key) => {
      await call(socket, 'POST', '/restart', { ifIdentity, key })
    },
    stop: async () => {
      await call(socket, 'POST', '/stop')
    },
  }
}

/** The process behind an identity text (`bootId/pid/startTime`), or undefined where it names none. */
export function processOf(identity: string): Identity | undefined {
  const [bootId, pid, startTime] = identity.split('/')
  return bootId && startTime && Number(pid) > 0 ? { bootId, pid: Number(pid), startTime } : undefined
}

const SHIM_TIMEOUT_MS = 5000

function call(socketPath: string, method: string, path: string, body?: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = (why: string): void => reject(new Error(`cannot ${method} ${path} at ${socketPath}: ${why}`))
    const asked = request(
      { socketPath, method, path, timeout: SHIM_TIMEOUT_MS, headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () =>
          (response.statusCode ?? 500) < 300 ? resolve(text) : failed(`${response.statusCode} ${text}`),
        )
      },
    )
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${SHIM_TIMEOUT_MS} ms`)))
    asked.on('error', (error) => failed(error.message))
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
