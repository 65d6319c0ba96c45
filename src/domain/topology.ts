import type { Capability } from './ports.ts'
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
  /** What it was seen to call, where nobody has declared it: for diagnosis and correlation only, never for what may be touched. */
  readonly learned?: readonly ResourceRef[]
  readonly durable: boolean
  /** Names of what this target stands on together with others (a host, a disk): runs exclude each other on these. */
  readonly sharedFate: readonly string[]
  /** What its connector offers on it; absent where it only offers to restart instances. */
  readonly can?: readonly Capability[]
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

/** All that a target itself is known to need: declared, or learned from its calls. */
export function needsOf(node: TopologyNode | undefined): readonly ResourceRef[] {
  return node?.learned ? [...node.dependsOn, ...node.learned] : (node?.dependsOn ?? [])
}

/** All targets that would feel a failure of this one, by dependency at any distance, nearest first. */
export function dependents(topology: Topology, ref: ResourceRef): ResourceRef[] {
  return [...distancesFrom(topology, [ref]).keys()]
}

/** How many dependencies away each target is that would feel a failure of these (1 depends directly), nearest first. */
export function distancesFrom(
  topology: Topology,
  refs: readonly ResourceRef[],
  needs: (node: TopologyNode) => readonly ResourceRef[] = ({ dependsOn }) => dependsOn,
): Map<ResourceRef, number> {
  const found = new Map<ResourceRef, number>(refs.map((ref) => [ref, 0]))
  // A map hands out what is added to it while it is walked.
  for (const [at, distance] of found) {
    for (const node of topology.values()) {
      if (!found.has(node.ref) && needs(node).includes(at)) found.set(node.ref, distance + 1)
    }
  }
  for (const ref of refs) found.delete(ref)
  return found
}
