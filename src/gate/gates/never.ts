import { ancestors } from '../../domain/topology.ts'
import { covers } from '../../domain/resource.ts'
import { ALLOW, type Gate } from '../gate.ts'

/** What the operator put out of bounds, with all that is part of it. */
export const never: Gate = {
  name: 'never',
  guardsUndo: false,
  ask({ plan, world }) {
    const touched = [plan.target, ...plan.within, ...plan.steps.map(({ target }) => target)]
    const lineage = touched.flatMap((ref) => [ref, ...ancestors(world.topology, ref)])
    const pattern = world.never.find((each) => lineage.some((ref) => covers(each, ref)))
    if (pattern === undefined) return ALLOW('not on the `never` list')
    return {
      answer: 'deny',
      reason: `${plan.target} is on the \`never\` list`,
      limit: pattern,
      unlocks: 'the list in kintsugi.yaml',
    }
  },
}
