import type { ResourceRef } from '../../domain/resource.ts'
import { partsIn } from '../../domain/topology.ts'
import { ALLOW, type Gate, type GateInput } from '../gate.ts'

/**
 * Enough of a service stays up while some of its instances are worked on, or once a step is undone. What is down already
 * costs its users nothing more; siblings that nobody sees do not count as healthy.
 */
export const minHealthy: Gate = {
  name: 'min-healthy',
  guardsUndo: true,
  ask(input) {
    const { world } = input
    const least = world.limits.minHealthy
    const disrupted = disruptedBy(input)
    for (const target of disrupted) {
      if (world.readiness.get(target) === false) continue
      const staying = siblingsOf(target, input).filter((ref) => !disrupted.includes(ref))
      const left = staying.filter((ref) => world.readiness.get(ref) === true).length
      if (left >= least) continue
      return {
        answer: 'hold',
        reason: `only ${left} other ready instances would stay while ${target} is worked on`,
        value: left,
        limit: least,
        unlocks: 'when more instances are ready',
      }
    }
    return ALLOW(`at least ${least} ready instances stay`)
  },
}

/** Instances that cannot serve while the step is done, or once it is; of a plan that is about to start, its first step. */
function disruptedBy({ plan, purpose, step = plan.steps[0], world }: GateInput): readonly ResourceRef[] {
  if (!step) return []
  const { disrupts = [step.target], undoLeaves } = step
  const [one] = undoLeaves ?? []
  if (purpose !== 'undo' || undoLeaves === undefined || one === undefined) return disrupts
  return siblingsOf(one, { world }).filter((ref) => !undoLeaves.includes(ref))
}

/** The instances of the target's service, the target with them. */
function siblingsOf(target: ResourceRef, { world: { topology } }: Pick<GateInput, 'world'>): readonly ResourceRef[] {
  const owner = topology.get(target)?.partOf
  return owner ? partsIn(topology, owner) : []
}
