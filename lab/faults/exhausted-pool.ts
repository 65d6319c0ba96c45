import { ailmentOf, ails, type FaultMaker } from './fault.ts'
import { apiVictim } from './victim.ts'

/** One api instance gives no connection back any more: within seconds none is left to reach the database with. */
export const exhaustedPool: FaultMaker = (random) => {
  const victim = apiVictim(random)
  return {
    ...ailmentOf(
      { name: 'exhausted-pool', breaks: 'One api instance gives no database connection back: soon it has none left.' },
      victim,
      {
        cause: 'pool-exhausted',
        heals: ['reset-pool', 'restart-instance', 'restart-service'],
        harms: [],
      },
    ),
    comesSlowly: true,
    present: (shop) => ails(shop, victim.instance, ({ leaking }) => leaking === true),
  }
}
