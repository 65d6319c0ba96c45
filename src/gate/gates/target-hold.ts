import { related } from '../../domain/topology.ts'
import { elapsedMs } from '../../lib/clock.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate } from '../gate.ts'

/** A person declared maintenance of the target, one of its owners or one of its parts. */
export const targetHold: Gate = {
  name: 'target-hold',
  guardsUndo: false,
  ask({ plan, ledger, world, now }) {
    const touched = [plan.target, ...plan.steps.map(({ target }) => target)]
    const hold = ledger.holds
      .filter(({ since, forMs }) => elapsedMs(since, now) < forMs)
      .find(({ target }) => plan.within.includes(target) || touched.some((ref) => related(world.topology, ref, target)))
    if (!hold) return ALLOW('nobody holds the target')
    const leftMs = hold.forMs - elapsedMs(hold.since, now)
    return {
      answer: 'hold',
      reason: `${hold.by} holds ${hold.target}: ${hold.reason}`,
      value: hold.target,
      unlocks: `in ${durationText(leftMs)}, or: kintsugi release ${hold.target}`,
    }
  },
}
