import { ailmentOf, type FaultMaker } from './fault.ts'
import { apiVictim } from './victim.ts'

/** One api instance takes 32 MiB more each second, and slows down as it comes near its limit of 320 MiB. */
export const memoryLeak: FaultMaker = (random) => ({
  ...ailmentOf(
    { name: 'memory-leak', breaks: 'One api instance takes 32 MiB more memory each second.' },
    apiVictim(random),
    {
      cause: 'memory-leak',
      heals: ['restart-instance', 'restart-service'],
      harms: [],
    },
  ),
  comesSlowly: true,
})
