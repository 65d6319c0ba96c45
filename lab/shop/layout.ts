import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { siblingEntry } from '../../src/lib/entry.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'

/** What one process of the shop is told when it starts, as one JSON argument. */
export type InstanceOptions = {
  readonly instance: string
  readonly service: string
  readonly host: string
  readonly port: number
  /** Addresses (`host:port`) it sends requests to, asked in turn. */
  readonly peers: readonly string[]
  /** The shop's folder: a note of the process goes there, and marks of faults stand there. */
  readonly dir: string
}

/** One place in the shop: who stands there, on which port of the block, and whom it calls. */
export type Place = {
  readonly instance: string
  readonly service: Service
  readonly port: number
  readonly callsInstances: readonly string[]
  readonly callsServices: readonly Service[]
}

export type Service = 'gateway' | 'web' | 'api' | 'worker'

export const HOST = '127.0.0.1'
export const NAMESPACE = 'shop'
/** The operator's name for the connector, as `lab/policies.yaml` has it. */
export const CONNECTOR = 'lab'
export const DEFAULT_BASE_PORT = 18080

/** Kintsugi's own port and the lab's control server lie in the shop's block. */
export const KINTSUGI_OFFSET = 40
export const CONTROL_OFFSET = 45

const APIS = ['api-1', 'api-2']
const WEBS = ['web-1', 'web-2']

/** The whole shop. Offsets leave room in the block for more of each service. */
const PLACES = [
  { instance: 'gateway', service: 'gateway', offset: 0, callsInstances: WEBS, callsServices: ['web'] },
  { instance: 'web-1', service: 'web', offset: 1, callsInstances: APIS, callsServices: ['api'] },
  { instance: 'web-2', service: 'web', offset: 2, callsInstances: APIS, callsServices: ['api'] },
  { instance: 'api-1', service: 'api', offset: 11, callsInstances: [], callsServices: [] },
  { instance: 'api-2', service: 'api', offset: 12, callsInstances: [], callsServices: [] },
  { instance: 'worker-1', service: 'worker', offset: 21, callsInstances: APIS, callsServices: ['api'] },
] as const

/** The places of the shop on a block of ports that begins at `basePort`. */
export function layout(basePort: number): Place[] {
  return PLACES.map(({ offset, ...place }) => ({ ...place, port: basePort + offset }))
}

/** Every port of the block that somebody will listen on, and who. */
export function portsOf(basePort: number): { readonly port: number; readonly who: string }[] {
  return [
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
export type Manifest = {
  readonly namespace: string
  readonly service: string
  readonly instance: string
  readonly command: readonly string[]
  readonly address: string
  readonly dependsOn: readonly string[]
  readonly ready: { readonly http: string }
  readonly dir: string
}

/** The manifest of one place. */
export function manifestOf(place: Place, places: readonly Place[], dir: string): Manifest {
  const addresses = new Map(places.map((other) => [other.instance, `${HOST}:${other.port}`]))
  const options: InstanceOptions = {
    instance: place.instance,
    service: place.service,
    host: HOST,
    port: place.port,
    peers: place.callsInstances.map((name) => addresses.get(name) ?? ''),
    dir,
  }
  return {
    namespace: NAMESPACE,
    service: place.service,
    instance: place.instance,
    command: [
      process.execPath,
      fileURLToPath(siblingEntry(import.meta.url, `./${place.service}`)),
      JSON.stringify(options),
    ],
    address: `${HOST}:${place.port}`,
    dependsOn: [...place.callsServices],
    ready: { http: '/healthz' },
    dir,
  }
}

/** The mark of the fault `crash-loop`: holds how many milliseconds after its start the instance dies. */
export function crashLoopMark(dir: string, instance: string): string {
  return join(dir, `${instance}.crash-loop`)
}

/** The moments at which that fault struck, one line each, in epoch milliseconds. */
export function crashLoopStrikes(dir: string, instance: string): string {
  return join(dir, `${instance}.crash-loop.strikes`)
}
