import { onlyUnusual } from '../../domain/grounds.ts'
import { ALLOW, type Gate } from '../gate.ts'

/**
 * What a detector holds to be unusual is evidence; alone it is no reason to touch anything, however sure it is. Whatever
 * made the plan, its incident must have something else: a rule, an objective, a signal of the users, an alert.
 */
export const evidence: Gate = {
  name: 'evidence',
  guardsUndo: false,
  ask({ plan, purpose, step, world: { found } }) {
    const isFirst = purpose === 'start' || (purpose === 'apply' && step?.name === plan.steps[0]?.name)
    if (!isFirst) return ALLOW('the run has begun to take effect')
    if (!found) return { answer: 'deny', reason: `nobody knows what was found in ${plan.incident}` }
    if (!onlyUnusual(found)) return ALLOW('it does not rest on a detector alone')
    return {
      answer: 'deny',
      reason: 'only a detector says so',
      value: found.length,
      unlocks: 'when a rule, an objective, a signal of the users or an alert stands beside it',
    }
  },
}
