import type { ResourceRef } from './resource.ts'

/**
 * One known target. Lineage is the tree of `partOf` (instance in service); `dependsOn` is the graph beside it.
 * `durable` targets keep their name for years: locks may be on anything, budgets and counters are kept on the
 * nearest durable ancestor, since an instance may come back under a new name.
 */
export type TopologyNode = {
  readonly ref: ResourceRef
  readonly partOf?: ResourceRef
  readonly dependsOn: readonly ResourceRef[]
  readonly durable: boolean
  /** Names of what this target stands on together with others (a host, a disk): runs exclude each other on these. */
  readonly sharedFate: readonly string[]
}

/** Everything that is known to exist, by name. A value: a change makes a new one. */
export type Topology = ReadonlyMap<ResourceRef, TopologyNode>

export function topologyOf(nodes: Iterable<TopologyNode>): Topology {
  return new Map([...nodes].map((node) => [node.ref, node]))
}

/** The chain of owners of a target, nearest first; stops at a cycle, which a connector should never report. */
export function ancestors(topology: Topology, ref: ResourceRef): ResourceRef[] {
  const chain: ResourceRef[] = []
  for (let at = topology.get(ref)?.partOf; at && at !== ref && !chain.includes(at); at = topology.get(at)?.partOf) {
    chain.push(at)
  }
  return chain
}

/** All that is part of a target, at any depth, in the order in which the topology names it. */
export function descendants(topology: Topology, ref: ResourceRef): ResourceRef[] {
  return [...topology.keys()].filter((key) => key !== ref && ancestors(topology, key).includes(ref))
}

/** The direct parts of a target. */
export function partsIn(topology: Topology, ref: ResourceRef): ResourceRef[] {
  return [...topology.values()].filter((node) => node.partOf === ref).map((node) => node.ref)
}

/** Whether two targets are the same or one is part of the other. */
export function related(topology: Topology, a: ResourceRef, b: ResourceRef): boolean {
  return a === b || ancestors(topology, a).includes(b) || ancestors(topology, b).includes(a)
}

/** The nearest of the target itself and its owners that is durable; the target itself where none is known. */
export function durableOwner(topology: Topology, ref: ResourceRef): ResourceRef {
  return [ref, ...ancestors(topology, ref)].find((key) => topology.get(key)?.durable) ?? ref
}

/** All targets that would feel a failure of this one, by dependency at any distance, nearest first. */
export function dependents(topology: Topology, ref: ResourceRef): ResourceRef[] {
  const found: ResourceRef[] = []
  const queue = [ref]
  for (let at = queue.shift(); at; at = queue.shift()) {
    for (const node of topology.values()) {
      if (node.ref === ref || found.includes(node.ref) || !node.dependsOn.includes(at)) continue
      found.push(node.ref)
      queue.push(node.ref)
    }
  }
  return found
}
