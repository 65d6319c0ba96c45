import { partsOf, type ResourceRef } from '../../domain/resource.ts'
import { needsOf, related, type Topology, type TopologyNode } from '../../domain/topology.ts'

/** That one service was seen to call another, in their own names. */
export type SeenCall = { readonly from: string; readonly to: string }

/**
 * The topology with the calls that were seen, as learned dependencies of what is known to exist: diagnosis and correlation
 * follow them, nothing else does. Made anew when either has changed.
 *
 * @param names services by the name that they give themselves; others are known by their own, where only one has it
 */
export function withCalls(
  topology: () => Topology,
  calls: () => readonly SeenCall[],
  names: () => ReadonlyMap<string, ResourceRef>,
): () => Topology {
  let made: { readonly of: Topology; readonly key: string; readonly topology: Topology } | undefined
  return () => {
    const of = topology()
    const seen = calls()
    const key = JSON.stringify(seen.map(({ from, to }) => [from, to]))
    if (made?.of !== of || made.key !== key) made = { of, key, topology: learnedFrom(of, seen, names()) }
    return made.topology
  }
}

/** The topology with each call as a learned dependency, where both ends are known and nobody has declared it. */
export function learnedFrom(
  topology: Topology,
  calls: readonly SeenCall[],
  names: ReadonlyMap<string, ResourceRef>,
): Topology {
  if (calls.length === 0) return topology
  const byName = new Map([...ownNames(topology), ...names])
  const learned = new Map<ResourceRef, ResourceRef[]>()
  for (const { from, to } of calls) {
    const [caller, called] = [byName.get(from), byName.get(to)]
    const node = caller && topology.get(caller)
    if (!node || !called || !topology.has(called) || related(topology, node.ref, called)) continue
    const known = learned.get(node.ref) ?? []
    if (!needsOf(node).includes(called) && !known.includes(called)) learned.set(node.ref, [...known, called])
  }
  if (learned.size === 0) return topology
  const add = (node: TopologyNode): TopologyNode => {
    const more = learned.get(node.ref)
    return more ? { ...node, learned: more.toSorted() } : node
  }
  return new Map([...topology].map(([ref, node]) => [ref, add(node)]))
}

/** What is durable and stands in front of nothing, by its own name, where no other has the same. */
function ownNames(topology: Topology): [string, ResourceRef][] {
  const services = [...topology.values()].filter((node) => node.durable && !node.can?.includes('traffic'))
  const named = Map.groupBy(services, ({ ref }) => partsOf(ref).name)
  return [...named].flatMap(([name, [only, ...others]]): [string, ResourceRef][] =>
    only && others.length === 0 ? [[name, only.ref]] : [],
  )
}
