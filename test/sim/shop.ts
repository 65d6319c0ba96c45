import type { ResourceRef } from '../../src/domain/resource.ts'
import { topologyOf, type Topology, type TopologyNode } from '../../src/domain/topology.ts'

export const GATEWAY: ResourceRef = 'sim:shop/service/gateway'

/** Services and their instances: one of three, one of two, one of a single, and one of many that no user waits for. */
const SIZES = { web: 3, api: 2, db: 1, batch: 6 } as const
const BEHIND: Readonly<Record<string, readonly ResourceRef[]>> = {
  web: ['sim:shop/service/api'],
  api: ['sim:shop/service/db'],
}
/** Instances of different services that stand on one machine. */
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'host-a': ['web-1', 'api-1'],
  'host-b': ['web-2', 'db-1'],
}

function nodesOf([service, size]: [string, number]): TopologyNode[] {
  const ref: ResourceRef = `sim:shop/service/${service}`
  const names = Array.from({ length: size }, (_, at) => `${service}-${at + 1}`)
  return [
    { ref, dependsOn: BEHIND[service] ?? [], durable: true, sharedFate: [] },
    ...names.map((name) => ({
      ref: `sim:shop/instance/${name}` as const,
      partOf: ref,
      dependsOn: [],
      durable: false,
      sharedFate: Object.keys(HOSTS).filter((host) => HOSTS[host]?.includes(name)),
    })),
  ]
}

export const TOPOLOGY: Topology = topologyOf([
  { ref: GATEWAY, dependsOn: ['sim:shop/service/web'], durable: true, sharedFate: [] },
  ...Object.entries(SIZES).flatMap(nodesOf),
])

export const INSTANCES: readonly ResourceRef[] = [...TOPOLOGY.keys()].filter((ref) => ref.includes('/instance/'))

/** Those that fall sick together. */
export const MANY: readonly ResourceRef[] = INSTANCES.filter((ref) => ref.includes('/batch-'))
/** Those that fall sick one by one. */
export const FEW: readonly ResourceRef[] = INSTANCES.filter((ref) => !MANY.includes(ref))

export const serviceOf = (ref: ResourceRef): ResourceRef => TOPOLOGY.get(ref)?.partOf ?? ref

/** What the balancer gives an instance when nobody touched it. */
export const NORMAL_WEIGHT = 2
