import { z } from 'zod'
import { onEach } from '../on-each.ts'
import type { Remedy } from '../remedy.ts'

const SETTINGS = z.strictObject({ above: z.number().default(10) })

/** Drops an instance's connections to its database, and opens new ones. */
export const resetPool: Remedy = {
  name: 'reset-pool',
  weight: 10,
  settings: SETTINGS,
  propose(x) {
    const { above } = SETTINGS.parse(x.settings ?? {})
    return onEach(x, {
      offers: 'pools',
      where: `db_connection_errors > ${above}`,
      success: 'db_connection_errors == 0',
      step: (target) => ({ action: 'reset-pool', params: { target }, reversibility: 'irreversible' }),
      lost: 'the requests that wait on a connection of',
    })
  },
}
