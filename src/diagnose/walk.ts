import type { ResourceRef } from '../domain/resource.ts'
import { ancestors, needsOf, type Topology } from '../domain/topology.ts'

/**
 * All that a target rests on, at any depth: its parts, and what it or an owner of it depends on; the target itself only
 * where it is in a circle.
 */
export function belowOf(topology: Topology): Below {
  const known = walks.get(topology) ?? belowAnew(topology)
  walks.set(topology, known)
  return known
}

export type Below = (ref: ResourceRef) => ReadonlySet<ResourceRef>

// A topology is a value, and several engines walk it.
const walks = new WeakMap<Topology, Below>()

function belowAnew(topology: Topology): Below {
  const parts = Map.groupBy(topology.values(), ({ partOf }) => partOf)
  const under = once((ref) => [
    ...[ref, ...ancestors(topology, ref)].flatMap((one) => needsOf(topology.get(one))),
    ...(parts.get(ref) ?? []).map((part) => part.ref),
  ])
  return once((ref) => {
    // A set hands out what is added to it while it is walked.
    const found = new Set(under(ref))
    for (const one of found) for (const deeper of under(one)) found.add(deeper)
    return found
  })
}

/** A function of a target that is worked out once for each. */
export function once<T extends object>(work: (ref: ResourceRef) => T): (ref: ResourceRef) => T {
  const known = new Map<ResourceRef, T>()
  return (ref) => {
    const answer = known.get(ref) ?? work(ref)
    known.set(ref, answer)
    return answer
  }
}
