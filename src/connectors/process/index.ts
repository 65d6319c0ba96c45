import { TerminalError } from '../../domain/errors.ts'
import type { SeenHand } from '../../domain/hand.ts'
import type { Connector, Tools } from '../../domain/ports.ts'
import { partsOf, type ResourceRef } from '../../domain/resource.ts'
import { paced } from '../../lib/paced.ts'
import { operationsAt, specsAt } from '../control/client.ts'
import { changesOf } from './changes.ts'
import { shimClient, type ShimClient } from './client.ts'
import { knownIn, namesIn, readKnown, socketOf } from './folder.ts'
import { instancesOf } from './instances.ts'
import { instanceRef } from './names.ts'
import { placesIn } from './places.ts'
import { samplesOf, type Seen } from './samples.ts'
import { discoveryOf } from './topology.ts'
import { workloadsOf, type Members } from './workloads.ts'

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

/** Cleaning and commands answer once they are done; a command may take a minute. */
const WORK_TIMEOUT_MS = 65_000

/**
 * Processes on this machine, each under its own shim: services (`service/NAME`, durable) and their instances
 * (`instance/NAME`). A shim that does not answer keeps its instance on the map, and nothing is said about it; an
 * instance that stands by, and was not asked for, is not on the map.
 */
export function processConnector(options: ProcessOptions): Connector {
  const { name, dir, fetchTimeoutMs = 1000, intervalMs = 1000 } = options
  const client = shimClient(fetchTimeoutMs)
  return {
    name,
    tools: toolsOf(name, dir, client, fetchTimeoutMs),
    discover: async () => discoveryOf(name, await knownIn(dir)),
    observe: async (abort, now) => {
      const seen = await paced(await namesIn(dir), (instance) => see(dir, instance, client, abort))
      const present = seen.filter((one) => one !== undefined)
      return { source: name, intervalMs, samples: samplesOf(name, present, now) }
    },
    hands: async (abort, now) => {
      const found = await paced(await namesIn(dir), (instance) =>
        changed(name, socketOf(dir, instance), client, abort, now),
      )
      return found.flat()
    },
    close: async () => {},
  }
}

/** What somebody changed at an instance; of one whose shim says nothing, nothing is known. */
async function changed(
  connector: string,
  socket: string,
  client: ShimClient,
  abort: AbortSignal,
  now: number,
): Promise<readonly SeenHand[]> {
  try {
    const [state, ordered] = await Promise.all([client.state(socket, abort), client.changes(socket, abort)])
    return changesOf(instanceRef(connector, state), state, ordered, now)
  } catch {
    return []
  }
}

/** What a shim says of itself; of one that says nothing, only what it left on disk. */
async function see(dir: string, instance: string, client: ShimClient, abort: AbortSignal): Promise<Seen | undefined> {
  const socket = socketOf(dir, instance)
  const state = await client.state(socket, abort).catch((): undefined => undefined)
  const known = state ? { ...state, socket } : await readKnown(dir, instance)
  return known && { known, state }
}

function toolsOf(name: string, dir: string, client: ShimClient, readTimeoutMs: number): Omit<Tools, 'traffic'> {
  const places = placesIn(name, dir)
  const work = { readTimeoutMs, writeTimeoutMs: WORK_TIMEOUT_MS }
  const membersOf = async (target: ResourceRef): Promise<Members> => {
    const { connector, kind } = partsOf(target)
    if (connector !== name || kind !== 'service') {
      throw new TerminalError(`'${target}' is no service of connector '${name}'`)
    }
    const members = await places.membersOf(target)
    const standby = members.filter((member) => member.standby).map((member) => instanceRef(name, member))
    if (standby.length > 0) return { always: members.length - standby.length, standby }
    throw new TerminalError(`'${target}' does not scale: no instance of it stands by`)
  }
  return {
    instances: instancesOf(name, dir, client),
    workloads: workloadsOf(membersOf, specsAt(places.ofReplica, { readTimeoutMs })),
    configuration: specsAt(places.ofShim('/config', 'configuration'), { readTimeoutMs }),
    disks: operationsAt(places.ofShim('/disk', 'disks'), work),
    commands: operationsAt(places.ofShim('/commands', 'commands'), work),
    caches: operationsAt(places.ofInstance('caches'), work),
    pools: operationsAt(places.ofInstance('pools'), work),
  }
}
