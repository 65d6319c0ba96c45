import { z } from 'zod'
import { partsOf } from '../../domain/resource.ts'
import { no, relief } from '../around.ts'
import type { Remedy } from '../remedy.ts'
import { DEFAULT_HOLD_MS, hold } from '../settings.ts'
import { poolStep } from '../steps.ts'

const SETTINGS = z.strictObject({ hold: hold.default(DEFAULT_HOLD_MS) })

/** Gives the one sick instance no new requests, where another takes them. */
export const drainInstance: Remedy = {
  name: 'drain-instance',
  weight: 35,
  settings: SETTINGS,
  propose(x) {
    const { target } = x.cause
    const { hold: holdMs } = SETTINGS.parse(x.settings ?? {})
    const found = relief(x)
    if ('why' in found) return no(found.why)
    const params = { instance: partsOf(target).name, holdMs }
    const leaving = { disrupts: [target], undoLeaves: found.instances }
    return {
      applies: true,
      target,
      steps: [poolStep('drain-instance', found.pool, params, leaving)],
      cannotUndo: [],
    }
  },
}
