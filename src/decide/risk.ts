import type { Reversibility } from '../domain/action.ts'
import type { Plan, PlanStep, Risk } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { dependents, partsIn, type Topology } from '../domain/topology.ts'
import type { Proposing } from './remedy.ts'

/** How surely a step can be taken back: not at all is 1. That a policy allows it makes nothing safer. */
const RISKS: Readonly<Record<Reversibility, number>> = {
  'read-only': 0,
  reversible: 0.25,
  external: 0.75,
  irreversible: 1,
}

/**
 * What a plan may do to the users, from 0 to 1 each:
 *
 *     risk  = that of its riskiest step: read-only 0, reversible 0.25, external 0.75, irreversible 1
 *     share = of the owner's instances that serve now, those that one step keeps from serving, in its worst step
 *     reach = of all other owners, those that depend on this one, at any distance
 *     blast = 1 - (1 - share) x (1 - share x reach)
 *
 * So the restart of what is dead already is weighed at nothing, and the restart of the only instance at 1. What nobody can
 * see is taken to serve. A request is hit because it is the owner's, or because it is one of those that come through it.
 */
export function riskOf(
  { owner, steps }: Pick<Plan, 'owner' | 'steps'>,
  { topology, judge }: Pick<Proposing, 'topology' | 'judge'>,
): Risk {
  const risk = Math.max(0, ...steps.map(({ reversibility }) => RISKS[reversibility]))
  const serves = (ref: ResourceRef): boolean => judge('min(up) > 0', ref) !== 'false'
  const instances = instancesOf(topology, owner)
  const hits = steps.map((step) => disruptedBy(step, topology).filter((ref) => instances.includes(ref) && serves(ref)))
  const worst = Math.max(0, ...hits.map(({ length }) => length))
  if (worst === 0) return { risk, blast: 0 }
  const share = worst / instances.filter(serves).length
  return { risk, blast: 1 - (1 - share) * (1 - share * reachOf(topology, owner)) }
}

/** The parts of an owner, or itself where it has none. */
function instancesOf(topology: Topology, owner: ResourceRef): readonly ResourceRef[] {
  const parts = partsIn(topology, owner)
  return parts.length > 0 ? parts : [owner]
}

function disruptedBy({ target, disrupts = [target] }: PlanStep, topology: Topology): readonly ResourceRef[] {
  return [...new Set(disrupts.flatMap((ref) => instancesOf(topology, ref)))]
}

function reachOf(topology: Topology, owner: ResourceRef): number {
  const isOther = (ref: ResourceRef): boolean => ref !== owner && topology.get(ref)?.durable === true
  const felt = dependents(topology, owner).filter(isOther).length
  const others = [...topology.keys()].filter(isOther).length
  return others === 0 ? 0 : felt / others
}
