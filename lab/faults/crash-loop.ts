import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { crashLoopMark, crashLoopStrikes } from '../shop/layout.ts'
import type { Shop } from '../shop/shop.ts'
import { isDeaf, restartUnlessServing, truthOf, type Fault, type FaultMaker, type HeldExpectation } from './fault.ts'
import { anyVictim, signalInstance, type Victim } from './victim.ts'

/**
 * Long enough for a restart to count as a mend (five seconds until the guard's window holds no failures, then three good
 * ones), short enough for four within five minutes.
 */
const DIES_AFTER_MS = 12_000

/** The instance dies again some seconds after every start: restarting it heals nothing, and must stop. */
export const crashLoop: FaultMaker = (random) =>
  looping(
    { name: 'crash-loop', breaks: 'One web or api instance dies again 12 s after every start.' },
    anyVictim(random),
    { allowedRestarts: 3, latches: false },
  )

/** An instance that dies 12 s after each start, under a name of its own and the limits that should stop the healer. */
export function looping(
  { name, breaks }: Pick<Fault, 'name' | 'breaks'>,
  { instance, service }: Victim,
  held: HeldExpectation,
): Fault {
  return {
    name,
    breaks,
    expected: 'held',
    held,
    truth: truthOf(instance, service, { cause: 'dead-instance', heals: [], harms: [] }),
    limitMs: 180_000,
    inject: async (shop) => {
      writeFileSync(crashLoopMark(shop.dir, instance), String(DIES_AFTER_MS))
      await signalInstance(shop, instance, 'SIGKILL')
    },
    present: async (shop) => existsSync(crashLoopMark(shop.dir, instance)) || (await isDeaf(shop, instance)),
    strikes: (shop) => strikesOf(shop, instance),
    undo: async (shop) => {
      rmSync(crashLoopMark(shop.dir, instance), { force: true })
      await restartUnlessServing(shop, instance)
    },
  }
}

function strikesOf(shop: Shop, instance: string): number[] {
  const file = crashLoopStrikes(shop.dir, instance)
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
}
