import { signal } from '../processes.ts'
import { pick, type Random } from '../random.ts'
import type { Shop } from '../shop/shop.ts'
import { processOf } from '../shop/shim.ts'

export type Victim = { readonly instance: string; readonly service: string }

/** One of the instances that users feel, drawn from the seed. */
export function anyVictim(random: Random): Victim {
  const service = pick(random, ['web', 'api'])
  return { service, instance: `${service}-${pick(random, [1, 2])}` }
}

/** One of the api instances that serve from the start. */
export function apiVictim(random: Random): Victim {
  return { service: 'api', instance: `api-${pick(random, [1, 2])}` }
}

/** Sends a signal to the process that stands behind an instance now; throws when none does. */
export async function signalInstance(shop: Shop, instance: string, name: NodeJS.Signals): Promise<void> {
  const { identity } = await shop.instance(instance).state()
  const who = processOf(identity)
  if (!who || !signal(who, name)) throw new Error(`cannot send ${name} to ${instance}: no process stands behind it`)
}
