import { counted, isGoing, RATE_MS } from '../../domain/disturbance.ts'
import type { Disturbance } from '../../domain/ledger.ts'
import { elapsedMs } from '../../lib/clock.ts'
import { ALLOW, type Gate } from '../gate.ts'
import { stagesOf } from '../stages.ts'

/** Over all services: so many targets at once, and so many effects within an hour, whoever makes them. */
export const global: Gate = {
  name: 'global',
  guardsUndo: false,
  ask(input) {
    const { ledger, world, now, plan, purpose, step, run } = input
    const limit = world.limits.global
    if (!limit) return ALLOW('no limit over all services is configured')
    const all = counted(ledger.disturbances, world.mode)
    const going = all.filter((one) => isGoing(one, now))
    const atOnce = Math.max(0, ...stagesOf(input, going).map((stage) => targetsOf(stage.all)))
    if (atOnce > limit.atOnce) {
      return {
        answer: 'hold',
        reason: `${atOnce} targets would be disturbed at once over all services`,
        value: atOnce,
        limit: limit.atOnce,
        unlocks: going.length > 0 ? 'when one of the others is over' : 'limits.global.atOnce in kintsugi.yaml',
        ...(going.length === 0 && { person: true }),
      }
    }
    const steps = purpose === 'start' || !step ? plan.steps : [step]
    const charged = new Set(all.map(({ id }) => id))
    const more = steps.filter(({ name }) => !charged.has(`${run}/${name}`)).length
    const spent = all.filter(({ since }) => elapsedMs(since, now) < RATE_MS).length
    if (more === 0 || spent + more <= limit.effectsPerHour) return ALLOW(`${spent} effects within the last hour`)
    return {
      answer: 'hold',
      reason: `${spent} effects within the last hour, and ${more === 1 ? 'one' : more} more`,
      value: spent + more,
      limit: limit.effectsPerHour,
      unlocks: 'when the oldest are an hour old, or: limits.global.effectsPerHour in kintsugi.yaml',
    }
  },
}

function targetsOf(going: readonly Disturbance[]): number {
  return new Set(going.map(({ target }) => target)).size
}
