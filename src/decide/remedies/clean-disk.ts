import { z } from 'zod'
import { onEach } from '../on-each.ts'
import type { Remedy } from '../remedy.ts'

const SETTINGS = z.strictObject({
  /** Percent. */
  above: z.number().default(90),
})

/** Removes files by the rules that are declared for the target. */
export const cleanDisk: Remedy = {
  name: 'clean-disk',
  weight: 12,
  settings: SETTINGS,
  propose(x) {
    const { above } = SETTINGS.parse(x.settings ?? {})
    return onEach(x, {
      offers: 'disks',
      where: `disk_usage > ${above}`,
      success: `disk_usage < ${above}`,
      step: (target) => ({ action: 'clean-disk', params: { target }, reversibility: 'irreversible' }),
      lost: 'the files that the declared rules remove from',
    })
  },
}
