import type { Config } from '../config/config.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { TopologyNode } from '../domain/topology.ts'
import { connectorOf } from './sources.ts'

const LOOK_MS = 5000

/** Every target that the connectors know now, in order. One that cannot look knows none: `doctor` says why. */
export async function knownNow(config: Pick<Config, 'connectors'>): Promise<readonly ResourceRef[]> {
  return (await nodesNow(config)).map(({ ref }) => ref).toSorted()
}

/** The same, with what each is part of and depends on. */
export async function nodesNow({ connectors }: Pick<Config, 'connectors'>): Promise<readonly TopologyNode[]> {
  return (await Promise.all(connectors.map(nodesOf))).flat()
}

async function nodesOf(config: Config['connectors'][number]): Promise<readonly TopologyNode[]> {
  const connector = connectorOf(config)
  try {
    return (await connector.discover(AbortSignal.timeout(LOOK_MS))).nodes
  } catch {
    return []
  } finally {
    await connector.close()
  }
}
