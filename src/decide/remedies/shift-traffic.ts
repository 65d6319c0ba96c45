import { z } from 'zod'
import { partsOf } from '../../domain/resource.ts'
import { no, relief } from '../around.ts'
import type { Remedy } from '../remedy.ts'
import { poolStep } from '../steps.ts'

const SETTINGS = z.strictObject({
  /** What is left to the sick one, from 0 to 100. */
  weight: z.number().min(0).max(100).default(10),
})

/** Leaves the sick instance little of the traffic, so that others carry it and it is still seen to recover. */
export const shiftTraffic: Remedy = {
  name: 'shift-traffic',
  weight: 60,
  settings: SETTINGS,
  propose(x) {
    const { target } = x.cause
    const { weight } = SETTINGS.parse(x.settings ?? {})
    const found = relief(x)
    if ('why' in found) return no(found.why)
    const params = { weights: { [partsOf(target).name]: weight } }
    const leaving = { disrupts: weight === 0 ? [target] : [], undoLeaves: found.instances }
    return {
      applies: true,
      target,
      steps: [poolStep('shift-traffic', found.pool, params, leaving)],
      cannotUndo: [],
    }
  },
}
