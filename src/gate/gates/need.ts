import { related } from '../../domain/topology.ts'
import { ALLOW, type Gate } from '../gate.ts'

/**
 * Nothing is mended that has mended itself: between the decision and the first effect there may lie a crash of ours, or a
 * wait for sight. Later steps and repeats are past that question, since what they see may be their own doing.
 */
export const need: Gate = {
  name: 'need',
  guardsUndo: false,
  ask({ plan, purpose, step, world: { measure, topology } }) {
    const isFirst = purpose === 'start' || (purpose === 'apply' && step?.name === plan.steps[0]?.name)
    if (!isFirst) return ALLOW('the run has begun to take effect')
    const ofTarget = measure.own.filter(({ target }) => related(topology, target, plan.target))
    // A plan for what stands in front of the sick, such as a balancer's pool, watches the sick.
    const watched = ofTarget.length > 0 ? ofTarget : measure.own
    const unwell = watched.find(({ state }) => state !== 'well')
    if (unwell) return ALLOW(`${unwell.signal} on ${unwell.target} is ${unwell.state}`)
    return {
      answer: 'hold',
      reason: `every signal of ${plan.target} is well again`,
      value: watched.length,
      unlocks: 'when one of them is violated again',
    }
  },
}
