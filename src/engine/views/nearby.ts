import type { Incident } from '../../domain/incident.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { directDependents, durableOwner, needsOf, related, type Topology } from '../../domain/topology.ts'

/** What may have to do with an incident: its own targets, all that they need at any distance, and who stands in front. */
export function nearbyOf(incident: Incident, topology: Topology): (target: ResourceRef) => boolean {
  const findings = [...incident.findings, ...(incident.quiet?.findings ?? [])]
  const own = new Set([incident.owner, ...findings.map(({ target }) => durableOwner(topology, target))])
  const needed = new Set(own)
  // A set hands out what is added to it while it is walked.
  for (const ref of needed) for (const next of needsOf(topology.get(ref))) needed.add(next)
  const front = [...own].flatMap((ref) => directDependents(topology, ref))
  const all = new Set([...needed, ...front])
  return (target) => all.has(durableOwner(topology, target)) || [...own].some((ref) => related(topology, ref, target))
}
