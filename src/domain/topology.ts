import type { Capability } from './ports.ts'
import { covers, partsOf, type ResourceRef } from './resource.ts'

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

/** The known targets that a pattern such as `lab:shop/instance/*` covers. */
export function coveredBy(topology: Topology, pattern: string): readonly ResourceRef[] {
  const { covered } = indexOf(topology)
  const known = covered.get(pattern)
  if (known) return known
  const refs = [...topology.keys()].filter((ref) => covers(pattern, ref))
  covered.set(pattern, refs)
  return refs
}

/** Whether some target of its connector is known: a connector that has not looked yet proves nothing about what is gone. */
export function isLookedAfter(topology: Topology, ref: ResourceRef): boolean {
  return indexOf(topology).connectors.has(partsOf(ref).connector)
}

type Lists = ReadonlyMap<ResourceRef, readonly ResourceRef[]>

/** What is asked of a topology again and again, turned round once: a topology is a value, and never changes. */
type Index = {
  readonly parts: Lists
  readonly declared: Lists
  readonly learned: Lists
  readonly connectors: ReadonlySet<string>
  /** By pattern, as they are asked for. */
  readonly covered: Map<string, readonly ResourceRef[]>
}

const indexes = new WeakMap<Topology, Index>()

function indexOf(topology: Topology): Index {
  const known = indexes.get(topology)
  if (known) return known
  const nodes = [...topology.values()]
  const index = {
    parts: turned(nodes, ({ partOf }) => (partOf ? [partOf] : [])),
    declared: turned(nodes, ({ dependsOn }) => dependsOn),
    learned: turned(nodes, needsOf),
    connectors: new Set(nodes.map(({ ref }) => partsOf(ref).connector)),
    covered: new Map<string, readonly ResourceRef[]>(),
  }
  indexes.set(topology, index)
  return index
}

/** Who names whom, the other way round. */
function turned(nodes: readonly TopologyNode[], named: (node: TopologyNode) => readonly ResourceRef[]): Lists {
  const lists = new Map<ResourceRef, ResourceRef[]>()
  for (const node of nodes) {
    for (const on of new Set(named(node))) {
      const list = lists.get(on)
      if (list) list.push(node.ref)
      else lists.set(on, [node.ref])
    }
  }
  return lists
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

/** The targets that themselves are declared to depend on this one. */
export function directDependents(topology: Topology, ref: ResourceRef): readonly ResourceRef[] {
  return indexOf(topology).declared.get(ref) ?? []
}

/** All targets that are declared to depend on this one, at any distance, nearest first. */
export function dependents(topology: Topology, ref: ResourceRef): ResourceRef[] {
  return [...reached(indexOf(topology).declared, [ref]).keys()]
}

/**
 * How many dependencies away each target is that would feel a failure of these (1 depends directly), nearest first; what
 * was only learned counts too.
 */
export function distancesFrom(topology: Topology, refs: readonly ResourceRef[]): Map<ResourceRef, number> {
  return reached(indexOf(topology).learned, refs)
}

function reached(lists: Lists, refs: readonly ResourceRef[]): Map<ResourceRef, number> {
  const found = new Map<ResourceRef, number>(refs.map((ref) => [ref, 0]))
  // A map hands out what is added to it while it is walked.
  for (const [at, distance] of found) {
    for (const ref of lists.get(at) ?? []) if (!found.has(ref)) found.set(ref, distance + 1)
  }
  for (const ref of refs) found.delete(ref)
  return found
}
