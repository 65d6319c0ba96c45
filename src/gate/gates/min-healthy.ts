import { partsIn } from '../../domain/topology.ts'
import { ALLOW, type Gate, type GateInput } from '../gate.ts'

/**
 * Enough of a service stays up while one of its instances is worked on. What is down already costs its users nothing
 * more; siblings that nobody sees do not count as healthy.
 */
export const minHealthy: Gate = {
  name: 'min-healthy',
  guardsUndo: true,
  ask(input) {
    const { plan, step, world } = input
    const touched = step ? [step] : plan.steps.slice(0, 1)
    for (const target of touched.flatMap(({ target, disrupts = [target] }) => disrupts)) {
      if (world.readiness.get(target) === false) continue
      const siblings = siblingsOf(input, target)
      const left = siblings.filter((ref) => world.readiness.get(ref) === true).length
      if (left >= world.limits.minHealthy) continue
      return {
        answer: 'hold',
        reason: `only ${left} other ready instances would stay while ${target} is worked on`,
        value: left,
        limit: world.limits.minHealthy,
        unlocks: 'when more instances are ready',
      }
    }
    return ALLOW(`at least ${world.limits.minHealthy} ready instances stay`)
  },
}

function siblingsOf({ world }: GateInput, target: GateInput['plan']['target']): GateInput['plan']['target'][] {
  const owner = world.topology.get(target)?.partOf
  return owner ? partsIn(world.topology, owner).filter((ref) => ref !== target) : []
}
