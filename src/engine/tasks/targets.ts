import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '../../domain/errors.ts'
import type { Connector, Discovery } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { topologyOf, type Topology } from '../../domain/topology.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'

/** What is known to exist, kept up to date: the last good answer of each connector. */
export type Targets = {
  topology(): Topology
  addresses(): ReadonlyMap<ResourceRef, string>
  /** `bootId/pid/startTime` of those that are processes of a machine. */
  identities(): ReadonlyMap<ResourceRef, string>
  /** When each target was first seen to exist, in epoch milliseconds. */
  knownSince(): ReadonlyMap<ResourceRef, number>
  /** Asks every connector once; one that cannot look keeps what was known of it. */
  look(abort: AbortSignal): Promise<void>
}

export function watchTargets(connectors: readonly Connector[], clock: Clock, log: Log): Targets {
  const last = new Map<string, Discovery>()
  let topology: Topology = topologyOf([])
  let since = new Map<ResourceRef, number>()
  let identities: ReadonlyMap<ResourceRef, string> = new Map()
  let addresses: ReadonlyMap<ResourceRef, string> = new Map()
  return {
    topology: () => topology,
    addresses: () => addresses,
    identities: () => identities,
    knownSince: () => since,
    async look(abort) {
      await Promise.all(
        connectors.map(async (connector) => {
          try {
            last.set(connector.name, await connector.discover(abort))
          } catch (thrown) {
            log.warn({ connector: connector.name, problem: messageOf(thrown) }, 'connector could not look')
          }
        }),
      )
      const nodes = [...last.values()].flatMap((discovery) => discovery.nodes)
      // The same world is the same value: what is worked out of it, or written down, is so once.
      if (!isDeepStrictEqual(nodes, [...topology.values()])) topology = topologyOf(nodes)
      since = new Map([...topology.keys()].map((ref) => [ref, since.get(ref) ?? clock.now()]))
      addresses = new Map([...last.values()].flatMap((discovery) => [...discovery.addresses]))
      identities = new Map([...last.values()].flatMap((discovery) => [...(discovery.identities ?? [])]))
    },
  }
}

/** Calls `work` now and then every `everyMs` after it has ended, until aborted. A failure is logged and comes again. */
export async function repeat(
  name: string,
  work: (abort: AbortSignal) => Promise<void>,
  x: { readonly everyMs: number; readonly clock: Clock; readonly log: Log; readonly abort: AbortSignal },
): Promise<void> {
  while (!x.abort.aborted) {
    try {
      await work(x.abort)
    } catch (thrown) {
      x.log.error({ task: name, problem: messageOf(thrown) }, 'task failed')
    }
    await x.clock.sleep(x.everyMs, x.abort)
  }
}
