import { signal } from '../processes.ts'
import { processOf } from '../shop/shim.ts'
import { isDeaf, restartUnlessServing, truthOf, type FaultMaker } from './fault.ts'
import { anyVictim, signalInstance } from './victim.ts'

/** One instance stands still: its port still takes connections, and nothing answers. */
export const freeze: FaultMaker = (random) => {
  const { instance, service } = anyVictim(random)
  return {
    name: 'freeze',
    breaks: 'One web or api instance stands still: its port takes connections, and nothing answers.',
    expected: 'healed',
    truth: truthOf(instance, service, {
      cause: 'deaf-instance',
      heals: ['restart-instance', 'restart-service'],
      harms: [],
    }),
    limitMs: 60_000,
    inject: (shop) => signalInstance(shop, instance, 'SIGSTOP'),
    present: (shop) => isDeaf(shop, instance),
    strikes: () => [],
    undo: async (shop) => {
      const who = processOf((await shop.instance(instance).state()).identity)
      if (who) signal(who, 'SIGCONT')
      await restartUnlessServing(shop, instance)
    },
  }
}
