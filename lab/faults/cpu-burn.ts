import { ailmentOf, type FaultMaker } from './fault.ts'
import { apiVictim } from './victim.ts'

/** One api instance computes in a circle: 76 of every 80 ms are not for its users. */
export const cpuBurn: FaultMaker = (random) =>
  ailmentOf(
    { name: 'cpu-burn', breaks: 'One api instance computes in a circle, and hardly gets to its users.' },
    apiVictim(random),
    {
      cause: 'cpu-burn',
      heals: ['restart-instance', 'restart-service', 'drain-instance', 'shift-traffic'],
      harms: [],
    },
  )
