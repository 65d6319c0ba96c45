import { z } from 'zod'
import { no } from '../around.ts'
import { onEach } from '../on-each.ts'
import type { Remedy } from '../remedy.ts'
import { condition } from '../settings.ts'

const SETTINGS = z.strictObject({
  /** What to set, by name; null takes a value away. */
  values: z.record(z.string(), z.json()),
  when: condition.default('latency_ms > 100'),
})

/** Sets declared values of a target's own configuration, such as a cache's, where it is slow. */
export const changeConfig: Remedy = {
  name: 'change-config',
  weight: 55,
  settings: SETTINGS,
  propose(x) {
    if (x.settings === null) return no('the policy names no values to set')
    const { values, when } = SETTINGS.parse(x.settings)
    return onEach(x, {
      offers: 'configuration',
      where: when,
      step: (target) => ({ action: 'change-config', params: { target, values }, reversibility: 'reversible' }),
    })
  },
}
