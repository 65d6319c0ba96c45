import { signalsOf, successOf } from '../../domain/plan.ts'
import { ALLOW, type Gate } from '../gate.ts'

/**
 * Nothing is mended that has mended itself: between the decision and the first effect there may lie a crash of ours, or a
 * wait for sight. Later steps and repeats are past that question, since what they see may be their own doing.
 */
export const need: Gate = {
  name: 'need',
  guardsUndo: false,
  ask({ plan, purpose, step, world: { measure, topology, policies } }) {
    const schedule = policies.get(plan.policy)?.schedule
    if (schedule && !schedule.conditional) return ALLOW('maintenance that is due asks for nothing broken')
    const isFirst = purpose === 'start' || (purpose === 'apply' && step?.name === plan.steps[0]?.name)
    if (!isFirst) return ALLOW('the run has begun to take effect')
    // What the remedy wants to reach is no need: the incident may be over without it.
    const needs = measure.own.filter(({ signal }) => signal !== successOf(plan.remedy))
    const ofTarget = signalsOf(plan, needs, topology)
    const unwell = ofTarget.find(({ state }) => state !== 'well')
    if (unwell) return ALLOW(`${unwell.signal} on ${unwell.target} is ${unwell.state}`)
    return {
      answer: 'hold',
      reason: `every signal of ${plan.target} is well again`,
      value: ofTarget.length,
      unlocks: 'when one of them is violated again',
    }
  },
}
