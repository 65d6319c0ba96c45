import type { Config } from '../config/config.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { connectorOf } from './sources.ts'

const LOOK_MS = 5000

/** Every target that the connectors know now, in order. One that cannot look knows none: `doctor` says why. */
export async function knownNow({ connectors }: Pick<Config, 'connectors'>): Promise<readonly ResourceRef[]> {
  const found = await Promise.all(connectors.map(targetsOf))
  return found.flat().toSorted()
}

async function targetsOf(config: Config['connectors'][number]): Promise<ResourceRef[]> {
  const connector = connectorOf(config)
  try {
    const { nodes } = await connector.discover(AbortSignal.timeout(LOOK_MS))
    return nodes.map(({ ref }) => ref)
  } catch {
    return []
  } finally {
    await connector.close()
  }
}
