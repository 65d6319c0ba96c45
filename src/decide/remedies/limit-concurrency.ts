import { z } from 'zod'
import { no, objection, poolOf, serviceOf } from '../around.ts'
import type { Remedy } from '../remedy.ts'
import { condition, DEFAULT_HOLD_MS, hold } from '../settings.ts'
import { poolStep } from '../steps.ts'

const SETTINGS = z.strictObject({
  limit: z.int().positive(),
  when: condition.default('latency_ms > 100'),
  hold: hold.default(DEFAULT_HOLD_MS),
})

/** Lets fewer requests be under way at once in front of a service that is slow. */
export const limitConcurrency: Remedy = {
  name: 'limit-concurrency',
  weight: 33,
  settings: SETTINGS,
  propose(x) {
    if (x.settings === null) return no('the policy names no limit')
    const { limit, when, hold: holdMs } = SETTINGS.parse(x.settings)
    const { service, instances } = serviceOf(x.topology, x.cause.target)
    const pool = poolOf(x.topology, x.cause.target)
    if (pool === undefined) return no(`no one pool stands in front of ${service}`)
    const why = objection(x, when, [...new Set([x.cause.target, service, pool, ...instances])])
    if (why !== undefined) return no(why)
    return {
      applies: true,
      target: pool,
      steps: [poolStep('limit-concurrency', pool, { limit, holdMs })],
      cannotUndo: [],
    }
  },
}
