import { z } from 'zod'
import { ResourceRef } from '../../domain/resource.ts'
import { no, objection } from '../around.ts'
import { onEach } from '../on-each.ts'
import type { Remedy } from '../remedy.ts'
import { condition } from '../settings.ts'

const SETTINGS = z.strictObject({
  /** Percent. */
  below: z.number().default(50),
  success: z.number().default(70),
  /** Its source is asked for every key at once: this must be so there. */
  headroom: z.strictObject({ target: ResourceRef, condition }).exactOptional(),
  keys: z.array(z.string()).exactOptional(),
})

/** Fills a cold cache, where its source has headroom for that. */
export const warmCache: Remedy = {
  name: 'warm-cache',
  weight: 5,
  settings: SETTINGS,
  propose(x) {
    const { below, success, headroom, keys } = SETTINGS.parse(x.settings ?? {})
    const short = headroom && objection(x, headroom.condition, [headroom.target])
    if (short !== undefined) return no(`no headroom: ${short}`)
    return onEach(x, {
      offers: 'caches',
      where: `cache_hit_rate < ${below}`,
      success: `cache_hit_rate > ${success}`,
      step: (target) => ({
        action: 'warm-cache',
        params: { target, ...(keys && { keys }) },
        reversibility: 'irreversible',
      }),
      lost: 'the work that its source has with warming',
    })
  },
}
