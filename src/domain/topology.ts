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

/** All that is part of a target, at any depth, nearest first. */
export function descendants(topology: Topology, ref: ResourceRef): ResourceRef[] {
  const { parts } = indexOf(topology)
  const found = new Set<ResourceRef>(parts.get(ref))
  // A set hands out what is added to it while it is walked.
  for (const part of found) for (const deeper of parts.get(part) ?? []) found.add(deeper)
  found.delete(ref)
  return [...found]
}

/** The direct parts of a target. */
export function partsIn(topology: Topology, ref: ResourceRef): readonly ResourceRef[] {
  return indexOf(topology).parts.get(ref) ?? []
}

/** What is asked of a topology again and again, turned round once: a topology is a value, and never changes. */
type Index = {
  readonly parts: ReadonlyMap<ResourceRef, readonly ResourceRef[]>
  readonly dependents: ReadonlyMap<ResourceRef, readonly ResourceRef[]>
}

const indexes = new WeakMap<Topology, Index>()

function indexOf(topology: Topology): Index {
  const known = indexes.get(topology)
  if (known) return known
  const [parts, dependents] = [new Map<ResourceRef, ResourceRef[]>(), new Map<ResourceRef, ResourceRef[]>()]
  const add = (to: Map<ResourceRef, ResourceRef[]>, key: ResourceRef, ref: ResourceRef): void => {
    const list = to.get(key)
    if (list) list.push(ref)
    else to.set(key, [ref])
  }
  for (const { ref, partOf, dependsOn } of topology.values()) {
    if (partOf) add(parts, partOf, ref)
    for (const on of dependsOn) add(dependents, on, ref)
  }
  const index = { parts, dependents }
  indexes.set(topology, index)
  return index
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
  return [...distancesFrom(topology, [ref]).keys()]
}

/** How many dependencies away each target is that would feel a failure of these (1 depends directly), nearest first. */
export function distancesFrom(topology: Topology, refs: readonly ResourceRef[]): Map<ResourceRef, number> {
  const found = new Map<ResourceRef, number>(refs.map((ref) => [ref, 0]))
  const { dependents } = indexOf(topology)
  // A map hands out what is added to it while it is walked.
  for (const [at, distance] of found) {
    for (const ref of dependents.get(at) ?? []) if (!found.has(ref)) found.set(ref, distance + 1)
  }
  for (const ref of refs) found.delete(ref)
  return found
}
