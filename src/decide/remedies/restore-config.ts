import { z } from 'zod'
import { onEach } from '../on-each.ts'
import type { Remedy } from '../remedy.ts'

const SETTINGS = z.strictObject({ changedWithinSeconds: z.number().positive().default(600) })

/** Sets a configuration that was changed lately back to the last that was good. */
export const restoreConfig: Remedy = {
  name: 'restore-config',
  weight: 15,
  settings: SETTINGS,
  propose(x) {
    const { changedWithinSeconds } = SETTINGS.parse(x.settings ?? {})
    return onEach(x, {
      offers: 'configuration',
      where: `config_age_seconds < ${changedWithinSeconds}`,
      step: (target) => ({ action: 'restore-config', params: { target }, reversibility: 'reversible' }),
    })
  },
}
