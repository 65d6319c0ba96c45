import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { systemClock } from '../../../src/lib/clock.ts'
import { note } from '../../processes.ts'
import { answerControl, type Page } from '../control-page.ts'
import { counted } from '../effects.ts'
import { reply } from './forward.ts'
import { metricsOf, summaryOf } from './metrics.ts'
import type { BalancerOptions } from './options.ts'
import { poolOf, type Pool } from './pool.ts'
import { watchStandbys } from './standbys.ts'

/**
 * The shop's balancer, a process of its own: several pools, each on a port, and one port to look at them and to tell
 * them what to do. Its one argument is {@link BalancerOptions} as JSON.
 */
const IDLE_CONNECTION_MS = 30_000
/** How long requests in flight have to end when the balancer is told to. */
const GRACE_MS = 500

const options = JSON.parse(process.argv[2] ?? '{}') as BalancerOptions
const { host, front = 'web' } = options
const clock = systemClock()
const agent = new Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS, maxFreeSockets: 1024 })
const servers: Server[] = []
const pools = new Map<string, Pool>()
const pages = new Map<string, Page>()

try {
  for (const [name, about] of Object.entries(options.pools)) {
    const pool = poolOf(name, about, { agent, clock })
    pools.set(name, pool)
    pages.set(`/pools/${name}`, counted(pool.document, `pool/${name}`, options))
    await listening(pool.server, about.port)
    const standbys = about.backends.filter(({ standby }) => standby).map((backend) => backend.name)
    void watchStandbys(pool, new Set(standbys), clock)
  }
  await listening(createServer(administer), options.port)
} catch (thrown) {
  log('error', `cannot serve: ${(thrown as Error).message}`)
  process.exit(1)
}
note(options.dir, options.instance, process.pid)
log('info', 'serving')
process.once('SIGTERM', () => {
  log('info', 'stopping')
  setTimeout(() => process.exit(0), GRACE_MS)
  void Promise.all(servers.map((server) => once(server.close(), 'close'))).then(() => process.exit(0))
})

async function listening(server: Server, port: number): Promise<void> {
  servers.push(server)
  server.listen(port, host, 1024)
  await once(server, 'listening')
}

function administer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/'
  if (path === '/healthz') return reply(response, 200, 'ok\n')
  if (path === '/metrics') return reply(response, 200, metricsOf([...pools.values()], front))
  if (path === '/pools') {
    const all = [...pools.values()].map((pool) => summaryOf(pool, `${host}:${options.pools[pool.name]?.port}`))
    return reply(response, 200, JSON.stringify({ pools: all }), { 'content-type': 'application/json' })
  }
  const page = pages.get(path)
  if (page) return answerControl(page, request, response)
  reply(response, 404, 'no such page: use /healthz, /metrics, /pools, /pools/NAME\n')
}

function log(level: 'info' | 'error', message: string): void {
  const { service, instance } = options
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, service, instance, message })}\n`)
}
