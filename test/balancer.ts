import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BalancerOptions, PoolOptions } from '../lab/shop/balancer/options.ts'
import { siblingEntry } from '../src/lib/entry.ts'
import { freePort } from './shims.ts'

const BALANCER = siblingEntry(import.meta.url, '../lab/shop/balancer/main')

/** A real balancer in a process of its own, on loopback. */
export type TestBalancer = {
  /** Where it is looked at and told what to do. */
  readonly url: string
  /** Where the users of a pool come in. */
  urlOf(pool: string): string
  readonly process: ChildProcess
  close(): Promise<void>
}

/** Starts a balancer with these pools, each on a free port, and waits until it serves. */
export async function startBalancer(pools: Record<string, Omit<PoolOptions, 'port'>>): Promise<TestBalancer> {
  const dir = mkdtempSync(join(tmpdir(), 'balancer-'))
  const placed: Record<string, PoolOptions> = {}
  for (const [name, pool] of Object.entries(pools)) placed[name] = { ...pool, port: await freePort() }
  const about = { instance: 'balancer-1', service: 'balancer', host: '127.0.0.1', port: await freePort() }
  const options: BalancerOptions = { ...about, dir, pools: placed }
  const child = spawn(process.execPath, [BALANCER.pathname, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  if (!line.includes('"serving"')) throw new Error(String(line))
  return {
    url: `http://127.0.0.1:${about.port}`,
    urlOf: (pool) => `http://127.0.0.1:${placed[pool]?.port}`,
    process: child,
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      rmSync(dir, { recursive: true })
    },
  }
}

/** An instance that answers its own name, unless told otherwise. */
export type TestInstance = { readonly address: string; readonly server: Server; close(): Promise<unknown> }

/** @param port a free one when absent */
export async function startInstance(answer: RequestListener, port = 0): Promise<TestInstance> {
  const server = createServer(answer).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = (): Promise<unknown> => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server, close }
}
