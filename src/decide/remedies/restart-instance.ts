import type { PlanStep } from '../../domain/plan.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Remedy } from '../remedy.ts'

/** Ends the one sick instance and starts it anew. */
export const restartInstance: Remedy = {
  name: 'restart-instance',
  weight: 30,
  propose({ cause: { target }, topology }) {
    const node = topology.get(target)
    if (!node?.partOf) return { applies: false, reason: `${target} is not an instance of anything` }
    return { applies: true, target, steps: [restartStep(target)], cannotUndo: [lostWords(target)] }
  },
}

/** The step that restarts one instance, named after it. */
export function restartStep(target: ResourceRef): PlanStep {
  const name = `restart ${target}`
  return { name, action: 'restart-instance', target, params: { target }, reversibility: 'irreversible' }
}

export function lostWords(target: ResourceRef): string {
  return `what ${target} holds in memory, and the requests it is serving, are lost`
}
