import { allowedAtOnce, counted, disturbedIn, instancesOf, isGoing, RATE_MS } from '../../domain/disturbance.ts'
import type { Mode } from '../../domain/entry.ts'
import type { Disturbance } from '../../domain/ledger.ts'
import type { Limits } from '../../domain/policy.ts'
import type { Topology } from '../../domain/topology.ts'
import type { BlastView } from '../../domain/view.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'

/** What is disturbed now, by whom, and how much more may be. */
export function blastOf(
  disturbances: readonly Disturbance[],
  world: { readonly mode: Mode; readonly limits: Limits; readonly topology: Topology },
  now: Moment,
): BlastView {
  const { mode, limits, topology } = world
  const all = counted(disturbances, mode)
  const going = all.filter((one) => isGoing(one, now))
  const services = [...new Set(going.map(({ owner }) => owner))].map((service) => {
    const instances = instancesOf(topology, service).length
    const allowed = limits.perService && allowedAtOnce(limits.perService, instances)
    const by = going.filter(({ owner }) => owner === service).map(({ by: who }) => who)
    const disturbed = disturbedIn(service, going, topology)
    return { service, instances, disturbed, ...(allowed !== undefined && { allowed }), by: [...new Set(by)] }
  })
  return {
    targets: new Set(going.map(({ target }) => target)).size,
    effects: all.filter(({ since }) => elapsedMs(since, now) < RATE_MS).length,
    ...(limits.global && { limit: limits.global }),
    services,
  }
}
