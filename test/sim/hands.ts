import type { Hand } from '../../src/domain/hand.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import type { Random } from './random.ts'
import { INSTANCES, serviceOf } from './shop.ts'
import { awakeMs, type Sim } from './state.ts'

/** Somebody who is at a target, in true time. Absent target: it cannot be told at which. */
export type TrueHand = {
  readonly kind: Exclude<Hand['kind'], 'acknowledged'>
  readonly target?: ResourceRef
  readonly since: number
  readonly sinceAwakeMs: number
  until: number
}

/** Somebody silences, changes or rolls out, and tells; the source that tells of it may be blind for a while. */
export function layHand(sim: Sim, random: Random): void {
  const { clock } = sim
  const forMs = random.int(3000, 40_000)
  const kind = random.pick(['silence', 'change', 'rollout'] as const)
  const isBlind = kind === 'silence' && random.chance(0.2)
  const target = isBlind ? undefined : random.pick([...INSTANCES, ...INSTANCES.map(serviceOf)])
  const since = clock.trueMs()
  sim.hands.push({ kind, since, sinceAwakeMs: awakeMs(sim), until: since + forMs, ...(target && { target }) })
  sim.counters.count(kind)
  sim.say(`somebody is at ${target ?? 'some target'}: ${kind} for ${forMs} ms`)
}

/** As sources tell it, by the clock of now. */
export function handsSeen({ hands, clock, adopted }: Sim): Hand[] {
  const [now, trueNow] = [clock.now(), clock.trueMs()]
  return hands
    .filter(({ until }) => trueNow < until)
    .map(({ kind, target, since, until }): Hand => {
      const seen = { kind, ...(target && { target }), who: 'somebody', what: 'sim' }
      // How long a change counts is a setting, and not said by whoever tells of it.
      const { afterHumanChangeMs = 0 } = adopted.settings.limits.handsOff ?? {}
      if (kind === 'change') return { ...seen, since: now + (until - trueNow) - afterHumanChangeMs }
      return { ...seen, since: now - (trueNow - since), ...(kind === 'silence' && { until: now + (until - trueNow) }) }
    })
}
