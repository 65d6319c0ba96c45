import { ALLOW, type Gate } from '../gate.ts'

/** A person has taken the incident over: Kintsugi begins nothing more in it, and keeps out of their way. */
export const person: Gate = {
  name: 'person',
  guardsUndo: false,
  ask({ plan, world: { takenOver } }) {
    if (!takenOver) return ALLOW('nobody has taken the incident over')
    return {
      answer: 'hold',
      reason: `${takenOver.by} has taken the incident over: ${takenOver.reason}`,
      value: takenOver.by,
      unlocks: `when it ends, or: kintsugi release ${plan.incident}`,
    }
  },
}
