import type { Plan } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { ancestors, descendants, type Topology } from '../domain/topology.ts'

/** All that a plan touches, its owners and its parts: what somebody may be at, or have said something about. */
export function kinOf(plan: Pick<Plan, 'target' | 'steps' | 'within'>, topology: Topology): Set<ResourceRef> {
  const touched = [plan.target, ...plan.steps.map(({ target }) => target)]
  const kin = touched.flatMap((ref) => [ref, ...ancestors(topology, ref), ...descendants(topology, ref)])
  return new Set([...kin, ...plan.within])
}
