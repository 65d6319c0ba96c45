import type { Lock } from '../../domain/ledger.ts'
import { lockedBy } from '../../domain/plan.ts'
import { ALLOW, type Gate } from '../gate.ts'

/** One run at a time on a target, its lineage, and what the plan declares as shared fate. */
export const lock: Gate = {
  name: 'lock',
  guardsUndo: false,
  ask({ plan, run, ledger }) {
    const own = lockedBy(plan)
    const within: readonly string[] = plan.within
    const conflicts = (held: Lock): boolean =>
      own.includes(held.resource) || (held.mode === 'own' && within.includes(held.resource))
    const taken = ledger.locks.find((held) => held.run !== run && conflicts(held))
    if (!taken) return ALLOW('no other run on the target or its lineage')
    return {
      answer: 'hold',
      reason: `${taken.run} holds ${taken.resource}`,
      value: taken.run,
      unlocks: `when the run ends, or: kintsugi release ${taken.run}`,
    }
  },
}
