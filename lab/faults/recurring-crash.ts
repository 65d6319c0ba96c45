import { looping } from './crash-loop.ts'
import type { FaultMaker } from './fault.ts'
import { anyVictim } from './victim.ts'

/**
 * The same loop under windows divided by 60, so that what takes six hours in production takes six minutes here: the
 * fifth restart must latch ("recurring, the repair masks a fault") until a person releases it.
 */
export const recurringCrash: FaultMaker = (random) =>
  looping(
    {
      name: 'recurring-crash',
      breaks: 'One web or api instance dies again 12 s after every start, until a limit latches.',
    },
    anyVictim(random),
    {
      allowedRestarts: 4,
      latches: true,
      perTarget: ['3 in 5s', '4 in 6m', '6 in 24m'],
    },
  )
