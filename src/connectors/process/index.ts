import { BlindError, TerminalError } from '../../domain/errors.ts'
import type { Connector, Discovery, Instances } from '../../domain/ports.ts'
import { partsOf, refOf, type ResourceRef } from '../../domain/resource.ts'
import type { Sample } from '../../domain/signal.ts'
import type { TopologyNode } from '../../domain/topology.ts'
import { shimClient, type ShimClient } from './client.ts'
import { knownIn, socketOf, type Known } from './folder.ts'
import type { State } from './shim/schema.ts'

export type ProcessOptions = {
  /** The operator's name for this connector. */
  readonly name: string
  /** The folder of the shims' sockets and state files. */
  readonly dir: string
  /** How long a shim may take to answer a look. Default 1000. */
  readonly fetchTimeoutMs?: number
  /** How often `observe` is called. Default 1000. */
  readonly intervalMs?: number
}

/**
 * Processes on this machine, each under its own shim: services (`service/NAME`, durable) and their instances
 * (`instance/NAME`). A shim that does not answer keeps its instance on the map, and nothing is said about it.
 */
export function processConnector(options: ProcessOptions): Connector {
  const { name, dir, fetchTimeoutMs = 1000, intervalMs = 1000 } = options
  const client = shimClient(fetchTimeoutMs)
  return {
    name,
    tools: { instances: instancesOf(name, dir, client) },
    discover: async () => discoveryOf(name, await knownIn(dir)),
    observe: async (abort, now) => {
      const rounds = (await knownIn(dir)).map(async (known) => {
        const state = await client.state(known.socket, abort).catch(() => undefined)
        return state === undefined ? [] : samplesOf(instanceRef(name, known), state, now)
      })
      return { source: name, intervalMs, samples: (await Promise.all(rounds)).flat() }
    },
    close: async () => {},
  }
}

function instancesOf(name: string, dir: string, client: ShimClient): Instances {
  const socketFor = (target: ResourceRef): string => {
    const { connector, kind, name: instance } = partsOf(target)
    if (connector !== name || kind !== 'instance') {
      throw new TerminalError(`'${target}' is no instance of connector '${name}'`)
    }
    return socketOf(dir, instance)
  }
  const read: Instances['read'] = async (target, abort) => {
    const state = await client.state(socketFor(target), abort).catch((cause: unknown) => {
      throw new BlindError(`cannot see '${target}'`, { cause })
    })
    if (instanceRef(name, state) !== target) throw new BlindError(`the shim of '${target}' serves another namespace`)
    const { identity, running, ready, startedAtMs } = state
    return { identity, running, ready, startedAtMs }
  }
  return {
    read,
    restart: async (target, change, abort) => client.restart(socketFor(target), change, abort),
  }
}

type Named = Pick<Known, 'namespace' | 'service' | 'instance'>

const instanceRef = (connector: string, { namespace, instance }: Named): ResourceRef =>
  refOf({ connector, namespace, kind: 'instance', name: instance })

const serviceRef = (connector: string, namespace: string, service: string): ResourceRef =>
  refOf({ connector, namespace, kind: 'service', name: service })

function discoveryOf(connector: string, found: readonly Known[]): Discovery {
  const services = new Map<ResourceRef, Set<ResourceRef>>()
  const instances: TopologyNode[] = []
  for (const known of found) {
    const partOf = serviceRef(connector, known.namespace, known.service)
    const dependsOn = services.get(partOf) ?? new Set()
    for (const other of known.dependsOn) dependsOn.add(serviceRef(connector, known.namespace, other))
    services.set(partOf, dependsOn)
    instances.push({ ref: instanceRef(connector, known), partOf, dependsOn: [], durable: false, sharedFate: [] })
  }
  const durable = [...services].map(([ref, dependsOn]) => ({
    ref,
    dependsOn: [...dependsOn],
    durable: true,
    sharedFate: [],
  }))
  return {
    nodes: [...durable, ...instances],
    addresses: new Map(found.map((known) => [instanceRef(connector, known), known.address])),
  }
}

/** A dead instance has no age: 0, since the shim does see it. */
function samplesOf(target: ResourceRef, state: State, now: number): Sample[] {
  const ageMs = state.running ? Math.max(0, now - state.startedAtMs) : 0
  const values = {
    running: Number(state.running),
    instance_ready: Number(state.ready),
    restarts_total: state.restarts,
    instance_age_seconds: ageMs / 1000,
  }
  return Object.entries(values).map(([metric, value]) => ({ metric, labels: {}, target, at: now, value }))
}
