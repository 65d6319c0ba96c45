import { z } from 'zod'
import { no, objection, poolOf, serviceOf } from '../around.ts'
import type { Remedy } from '../remedy.ts'
import { condition, DEFAULT_HOLD_MS, hold } from '../settings.ts'
import { poolStep } from '../steps.ts'

const SETTINGS = z.strictObject({
  /** When what the pool still serves is worth nothing; absent: when none of its instances answers. */
  when: condition.exactOptional(),
  hold: hold.default(DEFAULT_HOLD_MS),
})

/** Refuses all requests to a pool at once, where who waits for it would wait in vain. */
export const tripBreaker: Remedy = {
  name: 'trip-breaker',
  weight: 70,
  settings: SETTINGS,
  propose(x) {
    const { when, hold: holdMs } = SETTINGS.parse(x.settings ?? {})
    const { service, instances } = serviceOf(x.topology, x.cause.target)
    const pool = poolOf(x.topology, x.cause.target)
    if (pool === undefined) return no(`no one pool stands in front of ${service}`)
    const serving = instances.filter((ref) => x.judge('max(up) > 0', ref) !== 'false')
    const why =
      when === undefined
        ? serving.length > 0 && `${serving.join(', ')} may still answer`
        : objection(x, when, [...new Set([x.cause.target, service, pool])])
    if (why) return no(why)
    const leaving = { disrupts: when === undefined ? instances : [], undoLeaves: instances }
    return { applies: true, target: pool, steps: [poolStep('trip-breaker', pool, { holdMs }, leaving)], cannotUndo: [] }
  },
}
