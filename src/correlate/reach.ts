import type { ResourceRef } from '../domain/resource.ts'
import { ancestors, needsOf, related, type Topology } from '../domain/topology.ts'

/** The unhealthy targets that one of them rests on. */
export type Reach = (ref: ResourceRef) => ReadonlySet<ResourceRef>

/**
 * Follows dependencies from one unhealthy target to the next: each step is one dependency of the target or of an owner of
 * it, on an unhealthy target, a part or an owner of it. What is well ends the chain, so that a shared dependency that is
 * well joins nobody. What is of one lineage does not rest on itself.
 */
export function reachAmong(unhealthy: Iterable<ResourceRef>, topology: Topology): Reach {
  const line = (ref: ResourceRef): ResourceRef[] => [ref, ...ancestors(topology, ref)]
  const ill = new Set(unhealthy)
  const within = new Map<ResourceRef, ResourceRef[]>()
  for (const ref of ill) for (const one of line(ref)) within.set(one, [...(within.get(one) ?? []), ref])

  const below = once((ref) =>
    line(ref)
      .flatMap((one) => needsOf(topology.get(one)))
      .flatMap((on) => [...(within.get(on) ?? []), ...ancestors(topology, on).filter((one) => ill.has(one))])
      .filter((one) => !related(topology, one, ref)),
  )
  return once((ref) => {
    // A set hands out what is added to it while it is walked.
    const found = new Set(below(ref))
    for (const one of found) for (const deeper of below(one)) found.add(deeper)
    return found
  })
}

/** A function of a target that is worked out once for each. */
function once<T>(work: (ref: ResourceRef) => T): (ref: ResourceRef) => T {
  const known = new Map<ResourceRef, T>()
  return (ref) => {
    if (!known.has(ref)) known.set(ref, work(ref))
    return known.get(ref) as T
  }
}
