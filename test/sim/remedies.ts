import { REMEDIES } from '../../src/decide/registry.ts'
import type { Remedy } from '../../src/decide/remedy.ts'
import { lostWords, restartStep } from '../../src/decide/remedies/restart-instance.ts'
import type { PlanStep } from '../../src/domain/plan.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { partsIn, type Topology } from '../../src/domain/topology.ts'
import { NORMAL_WEIGHT } from './shop.ts'

function weightStep(name: string, target: ResourceRef, weight: number): PlanStep {
  return { name, action: 'set-weight', target, params: { target, weight }, reversibility: 'reversible' }
}

/** One reversible step. */
const lighten: Remedy = {
  name: 'lighten',
  weight: 10,
  propose: ({ cause: { target } }) => ({
    applies: true,
    target,
    steps: [weightStep('lighten', target, 0)],
    cannotUndo: [],
  }),
}

/** Several reversible steps: the siblings take over. */
const shift: Remedy = {
  name: 'shift',
  weight: 20,
  propose({ cause: { target }, topology }) {
    const { service, siblings } = around(topology, target)
    const more = siblings.map((ref) => weightStep(`more for ${ref}`, ref, NORMAL_WEIGHT + 1))
    return { applies: true, target: service, steps: [...more, weightStep('lighten', target, 0)], cannotUndo: [] }
  },
}

/** What can be undone around what cannot. */
const cycle: Remedy = {
  name: 'cycle',
  weight: 30,
  propose({ cause: { target } }) {
    const steps = [weightStep('drain', target, 0), restartStep(target), weightStep('fill', target, NORMAL_WEIGHT)]
    return { applies: true, target, steps, cannotUndo: [lostWords(target)] }
  },
}

/** One step that nobody can repeat. */
const flush: Remedy = {
  name: 'flush',
  weight: 40,
  propose: ({ cause: { target } }) => ({
    applies: true,
    target,
    steps: [{ name: 'flush', action: 'flush-cache', target, params: { target }, reversibility: 'external' }],
    cannotUndo: [`what ${target} has cached is gone`],
  }),
}

function around(topology: Topology, target: ResourceRef): { service: ResourceRef; siblings: ResourceRef[] } {
  const service = topology.get(target)?.partOf ?? target
  return { service, siblings: partsIn(topology, service).filter((ref) => ref !== target) }
}

export const SIM_REMEDIES: readonly Remedy[] = [...REMEDIES, lighten, shift, cycle, flush]
