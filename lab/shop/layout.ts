import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Manifest as ShimManifest } from '../../src/connectors/process/shim/schema.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { siblingEntry } from '../../src/lib/entry.ts'
import type { BalancerOptions, PoolOptions } from './balancer/options.ts'

/** What one process of the shop is told when it starts, as one JSON argument. */
export type InstanceOptions = {
  readonly instance: string
  readonly service: string
  readonly namespace: string
  readonly host: string
  readonly port: number
  /** The front (`host:port`) of the pool it sends requests to. */
  readonly upstream?: string
  /** The shop's folder: a note of the process goes there, and marks of faults stand there. */
  readonly dir: string
  /** Its configuration file. */
  readonly config?: string
  /** Its own folder for what it keeps, and how much may lie there. */
  readonly data?: { readonly path: string; readonly capacityBytes: number }
  /** Where traces go. */
  readonly tracesUrl?: string
}

/** One place in the shop: who stands there, on which port of the block, and whom it calls. */
export type Place = {
  readonly instance: string
  readonly service: Service
  readonly port: number
  /** The service it calls, through the pool of that name. */
  readonly calls?: PoolName
  /** Its shim runs, and it does not, until somebody asks for more of its service. */
  readonly standby?: true
}

export type Service = 'gateway' | 'web' | 'api' | 'db' | 'worker'
/** A pool of the balancer has the name of the service that it fronts. */
export type PoolName = 'web' | 'api' | 'db'

export const HOST = '127.0.0.1'
export const NAMESPACE = 'shop'
/** The operator's name for the connector, as `lab/policies.yaml` has them. */
export const CONNECTOR = 'lab'
export const DEFAULT_BASE_PORT = 18080

/** The pools of the balancer; the first port of the block is the users'. */
const POOLS = {
  web: { offset: 0, timeoutMs: 2000 },
  api: { offset: 5, timeoutMs: 2000 },
  db: { offset: 6, timeoutMs: 3000 },
} as const
/** Where the balancer is looked at and told what to do. */
export const BALANCER_OFFSET = 7
/** Kintsugi's own port and the lab's control server lie in the shop's block. */
export const KINTSUGI_OFFSET = 40
export const CONTROL_OFFSET = 45

/** The whole shop. Offsets leave room in the block for more of each service. */
const PLACES = [
  { instance: 'gateway', service: 'gateway', offset: BALANCER_OFFSET, calls: 'web' },
  { instance: 'web-1', service: 'web', offset: 1, calls: 'api' },
  { instance: 'web-2', service: 'web', offset: 2, calls: 'api' },
  { instance: 'api-1', service: 'api', offset: 11, calls: 'db' },
  { instance: 'api-2', service: 'api', offset: 12, calls: 'db' },
  { instance: 'api-3', service: 'api', offset: 13, calls: 'db', standby: true },
  { instance: 'api-4', service: 'api', offset: 14, calls: 'db', standby: true },
  { instance: 'worker-1', service: 'worker', offset: 21, calls: 'api' },
  { instance: 'db-1', service: 'db', offset: 31 },
  { instance: 'db-2', service: 'db', offset: 32 },
] as const

/** The places of the shop on a block of ports that begins at `basePort`. */
export function layout(basePort: number): Place[] {
  return PLACES.map(({ offset, ...place }) => ({ ...place, port: basePort + offset }))
}

/** The pools of the balancer by name: where each is served, and the instances behind it. */
function poolsOn(basePort: number): Record<PoolName, PoolOptions> {
  const backendsOf = (pool: string): PoolOptions['backends'] =>
    layout(basePort)
      .filter(({ service }) => service === pool)
      .map(({ instance, port, standby }) => ({
        name: instance,
        address: `${HOST}:${port}`,
        ...(standby && { standby }),
      }))
  const poolOn = (pool: PoolName): PoolOptions => {
    const { offset, timeoutMs } = POOLS[pool]
    return { port: basePort + offset, timeoutMs, backends: backendsOf(pool) }
  }
  return { web: poolOn('web'), api: poolOn('api'), db: poolOn('db') }
}

/** Every port of the block that somebody will listen on, and who. */
export function portsOf(basePort: number): { readonly port: number; readonly who: string }[] {
  return [
    ...Object.entries(poolsOn(basePort)).map(([pool, { port }]) => ({ port, who: `the pool ${pool}` })),
    ...layout(basePort).map(({ instance, port }) => ({ port, who: instance })),
    { port: basePort + KINTSUGI_OFFSET, who: 'Kintsugi' },
    { port: basePort + CONTROL_OFFSET, who: 'the control server' },
  ]
}

export function instanceRef(instance: string): ResourceRef {
  return `${CONNECTOR}:${NAMESPACE}/instance/${instance}`
}

export function serviceRef(service: string): ResourceRef {
  return `${CONNECTOR}:${NAMESPACE}/service/${service}`
}

/** The manifest that a shim is started with (`src/connectors/process/shim`). */
export type Manifest = ShimManifest

/** The folder of data of an instance stands for a small disk. */
export const DISK_BYTES: number = 2 * 1024 * 1024
/** What a crashed import leaves behind; the journal is not among it. */
export const DEBRIS = 'import-*.tmp'

/** The manifest of one place. */
export function manifestOf(place: Place, basePort: number, dir: string): Manifest {
  const { instance, service, calls, port, standby } = place
  const isBalancer = service === 'gateway'
  const program = fileURLToPath(siblingEntry(import.meta.url, isBalancer ? './balancer/main' : `./${service}`))
  const options = isBalancer ? balancerOptions(place, basePort, dir) : instanceOptions(place, basePort, dir)
  return {
    namespace: NAMESPACE,
    service,
    instance,
    command: [process.execPath, program, JSON.stringify(options)],
    address: `${HOST}:${port}`,
    dependsOn: calls === undefined ? [] : [calls],
    ready: { http: '/healthz' },
    dir,
    ...(standby && { standby }),
    ...(service === 'api' && apiSections(dir, instance)),
  }
}

function balancerOptions({ instance, service, port }: Place, basePort: number, dir: string): BalancerOptions {
  return { instance, service, host: HOST, port, dir, pools: poolsOn(basePort) }
}

function instanceOptions({ instance, service, calls, port }: Place, basePort: number, dir: string): InstanceOptions {
  return {
    instance,
    service,
    namespace: NAMESPACE,
    host: HOST,
    port,
    dir,
    ...(calls && { upstream: `${HOST}:${basePort + POOLS[calls].offset}` }),
    ...(service === 'api' && {
      config: configFileIn(dir, instance),
      data: { path: dataFolderIn(dir, instance), capacityBytes: DISK_BYTES },
    }),
    tracesUrl: `http://${HOST}:${basePort + KINTSUGI_OFFSET}/v1/traces`,
  }
}

function apiSections(dir: string, instance: string): Partial<Manifest> {
  return {
    admin: { caches: '/admin/cache', pools: '/admin/pool' },
    configuration: { file: configFileIn(dir, instance), reload: 'SIGHUP', goodAfterMs: 60_000 },
    disk: { path: dataFolderIn(dir, instance), capacityBytes: DISK_BYTES, clean: [{ glob: DEBRIS }] },
  }
}

/** The configuration file of an instance. */
export const configFileIn = (dir: string, instance: string): string => join(dir, 'config', `${instance}.json`)

/** The folder in which an instance keeps its journal. */
export const dataFolderIn = (dir: string, instance: string): string => join(dir, 'data', instance)

/** The mark of the fault `crash-loop`: holds how many milliseconds after its start the instance dies. */
export function crashLoopMark(dir: string, instance: string): string {
  return join(dir, `${instance}.crash-loop`)
}

/** The moments at which that fault struck, one line each, in epoch milliseconds. */
export function crashLoopStrikes(dir: string, instance: string): string {
  return join(dir, `${instance}.crash-loop.strikes`)
}
