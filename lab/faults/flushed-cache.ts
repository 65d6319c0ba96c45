import { ailmentOf, ails, type FaultMaker } from './fault.ts'
import { apiVictim } from './victim.ts'

/** With fewer entries, most of its users still wait for the database. */
const WARM_ENTRIES = 500

/** One api instance has forgotten all goods, and does not learn them one by one. */
export const flushedCache: FaultMaker = (random) => {
  const victim = apiVictim(random)
  return {
    ...ailmentOf(
      { name: 'flushed-cache', breaks: 'One api instance has lost its cache, and asks the database for everything.' },
      victim,
      {
        cause: 'cold-cache',
        heals: ['warm-cache', 'restart-instance', 'restart-service'],
        harms: [],
      },
    ),
    present: (shop) => ails(shop, victim.instance, ({ cached = 0 }) => cached < WARM_ENTRIES),
  }
}
