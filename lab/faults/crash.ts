import { isDeaf, restartUnlessServing, truthOf, type FaultMaker } from './fault.ts'
import { anyVictim, signalInstance } from './victim.ts'

/** One instance is killed outright. */
export const crash: FaultMaker = (random) => {
  const { instance, service } = anyVictim(random)
  return {
    name: 'crash',
    breaks: 'One web or api instance is killed outright.',
    expected: 'healed',
    truth: truthOf(instance, service, {
      cause: 'dead-instance',
      heals: ['restart-instance', 'restart-service'],
      harms: [],
    }),
    limitMs: 60_000,
    inject: (shop) => signalInstance(shop, instance, 'SIGKILL'),
    present: (shop) => isDeaf(shop, instance),
    strikes: () => [],
    undo: (shop) => restartUnlessServing(shop, instance),
  }
}
