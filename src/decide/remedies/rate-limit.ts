import { z } from 'zod'
import { no, poolOf } from '../around.ts'
import type { Remedy } from '../remedy.ts'
import { DEFAULT_HOLD_MS, hold } from '../settings.ts'
import { poolStep } from '../steps.ts'

const SETTINGS = z.strictObject({ rps: z.number().positive(), hold: hold.default(DEFAULT_HOLD_MS) })

/** Refuses what comes to a pool beyond so many requests a second, so that the rest is served. */
export const rateLimit: Remedy = {
  name: 'rate-limit',
  weight: 65,
  settings: SETTINGS,
  propose({ cause: { target }, topology, settings }) {
    if (settings === null) return no('the policy names no rate')
    const { rps, hold: holdMs } = SETTINGS.parse(settings)
    const pool = poolOf(topology, target)
    if (pool === undefined) return no(`no one pool stands in front of ${target}`)
    return { applies: true, target: pool, steps: [poolStep('rate-limit', pool, { rps, holdMs })], cannotUndo: [] }
  },
}
