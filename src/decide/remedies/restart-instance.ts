import { z } from 'zod'
import type { PlanStep } from '../../domain/plan.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Json } from '../../lib/json.ts'
import { isAhead, no } from '../around.ts'
import type { Remedy } from '../remedy.ts'

/**
 * Causes that lie in the process itself, and end with it; and what is named by an alert or a policy alone, is due or is
 * foreseen: whoever put a restart on that ladder knew what for.
 */
const MENDED: readonly string[] = [
  'named-by-alert',
  'named-by-policy',
  'dead-instance',
  'deaf-instance',
  'silent-instance',
  'crash-loop',
  'memory-leak',
  'memory-pressure',
  'cpu-burn',
  'pool-exhausted',
  'slow-dependency',
]

/** What a policy may set for a restart. */
export const RESTARTS: z.ZodType<{ readonly causes: readonly string[] }> = z.strictObject({
  /** Causes, beside those that lie in the process itself, that a restart mends. */
  causes: z.array(z.string()).default([]),
})

/** Ends the one sick instance and starts it anew. */
export const restartInstance: Remedy = {
  name: 'restart-instance',
  weight: 30,
  settings: RESTARTS,
  propose({ cause: { cause, target }, topology, settings }) {
    const why = notMended(cause, settings)
    if (why !== undefined) return no(why)
    const node = topology.get(target)
    if (!node?.partOf) return no(`${target} is not an instance of anything`)
    return { applies: true, target, steps: [restartStep(target)], cannotUndo: [lostWords(target)] }
  },
}

/** Why a restart is no remedy for the cause; undefined where it is. */
export function notMended(cause: string, settings: Json): string | undefined {
  const { causes } = RESTARTS.parse(settings ?? {})
  return isAhead(cause) || [...MENDED, ...causes].includes(cause) ? undefined : `a restart does not mend ${cause}`
}

/** The step that restarts one instance, named after it. */
export function restartStep(target: ResourceRef): PlanStep {
  const name = `restart ${target}`
  const params = { target }
  return { name, action: 'restart-instance', target, params, reversibility: 'irreversible', disrupts: [target] }
}

export function lostWords(target: ResourceRef): string {
  return `what ${target} holds in memory, and the requests it is serving, are lost`
}
