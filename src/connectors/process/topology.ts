import type { Capability, Discovery } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { TopologyNode } from '../../domain/topology.ts'
import type { Known } from './folder.ts'
import { instanceRef, isExpected, serviceRef } from './names.ts'

/** Services and their instances; an instance that nothing is expected of is left out, its service is not. */
export function discoveryOf(connector: string, found: readonly Known[]): Discovery {
  const expected = found.filter(isExpected)
  return {
    nodes: [...servicesOf(connector, found), ...expected.map((known) => instanceOf(connector, known))],
    addresses: new Map(expected.map((known) => [instanceRef(connector, known), known.address])),
    identities: new Map(expected.map((known) => [instanceRef(connector, known), known.identity])),
  }
}

function servicesOf(connector: string, found: readonly Known[]): TopologyNode[] {
  const services = Map.groupBy(found, (known) => serviceRef(connector, known))
  return [...services].map(([ref, members]) => {
    const dependsOn = members.flatMap(({ namespace, dependsOn: names }) =>
      names.map((service) => serviceRef(connector, { namespace, service })),
    )
    const scales = members.some(({ standby }) => standby)
    return node({ ref, dependsOn: [...new Set(dependsOn)], durable: true }, scales ? ['workloads'] : [])
  })
}

function instanceOf(connector: string, known: Known): TopologyNode {
  const own: Capability[] = [...known.offers]
  if (known.admin.caches !== undefined) own.push('caches')
  if (known.admin.pools !== undefined) own.push('pools')
  const ref = instanceRef(connector, known)
  const partOf = serviceRef(connector, known)
  return node({ ref, partOf, dependsOn: [], durable: false }, own.length > 0 ? ['instances', ...own] : [])
}

const node = (
  rest: Pick<TopologyNode, 'ref' | 'dependsOn' | 'durable'> & { readonly partOf?: ResourceRef },
  can: readonly Capability[],
): TopologyNode => ({ ...rest, sharedFate: [], ...(can.length > 0 && { can }) })
