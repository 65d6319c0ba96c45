import { allowedAtOnce, counted, disturbedIn, instancesOf, isGoing } from '../../domain/disturbance.ts'
import type { Disturbance } from '../../domain/ledger.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { durableOwner } from '../../domain/topology.ts'
import { ALLOW, type Gate, type GateInput } from '../gate.ts'
import { stagesOf } from '../stages.ts'

/**
 * At most so many instances of a service are disturbed at once, and at most a share of them, whoever disturbs them: runs,
 * people, deployments. A plan that is about to start needs room for all of its steps.
 */
export const blastRadius: Gate = {
  name: 'blast-radius',
  guardsUndo: false,
  ask(input) {
    const { ledger, world, now } = input
    const { limits, topology, mode } = world
    const { perService } = limits
    if (!perService) return ALLOW('no limit per service is configured')
    const going = counted(ledger.disturbances, mode).filter((one) => isGoing(one, now))
    const stages = stagesOf(input, going)
    for (const { service, after } of stages.flatMap((stage) => worstOf(stage, topology))) {
      const size = instancesOf(topology, service).length
      const most = allowedAtOnce(perService, size)
      if (after <= most) continue
      const others = going.filter((one) => one.by !== input.run && disturbedIn(service, [one], topology) > 0)
      return {
        answer: 'hold',
        reason: `${after} of ${size} instances of ${service} would be disturbed at once${whose(others)}`,
        value: after,
        limit: `${most} (limits.perService: ${perService.atOnce} at once, ${Number((perService.share * 100).toFixed(2))}%)`,
        ...unlockedBy(others),
      }
    }
    return ALLOW('no service is disturbed beyond its limit')
  },
}

type Stage = ReturnType<typeof stagesOf>[number]

function worstOf(
  { effect, all }: Stage,
  topology: GateInput['world']['topology'],
): { readonly service: ResourceRef; readonly after: number }[] {
  const services = new Set(
    effect.instances.map((ref) => (topology.has(ref) ? durableOwner(topology, ref) : effect.owner)),
  )
  return [...services].map((service) => ({ service, after: disturbedIn(service, all, topology) }))
}

/** Where nobody else is at it, nothing will pass: a person has to say whether the plan may. */
function unlockedBy(others: readonly Disturbance[]): { readonly unlocks: string; readonly person?: true } {
  if (others.length > 0) return { unlocks: 'when one of them is over' }
  return { unlocks: 'limits.perService in kintsugi.yaml', person: true }
}

function whose(others: readonly Disturbance[]): string {
  return others.length === 0
    ? ''
    : `, with ${others.map(({ actor, by, reason }) => `${actor} by ${by} (${reason})`).join(', ')}`
}
