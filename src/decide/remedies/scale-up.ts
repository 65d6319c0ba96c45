import { z } from 'zod'
import { isAhead, no, objection, serviceOf } from '../around.ts'
import type { Remedy } from '../remedy.ts'
import { condition } from '../settings.ts'
import { scaleStep } from '../steps.ts'

const SETTINGS = z.strictObject({
  by: z.int().positive().default(2),
  /** Goes before `by`. */
  factor: z.number().gt(1).exactOptional(),
  max: z.int().positive().default(10),
  when: condition.default('cpu_utilization > 80'),
})

/** Causes that say by themselves that more are needed. */
const saysSo = (cause: string): boolean => cause === 'overload' || isAhead(cause)

/** Adds instances to a service whose instances are busy, or which the diagnosis says is overloaded. */
export const scaleUp: Remedy = {
  name: 'scale-up',
  weight: 50,
  action: 'scale',
  settings: SETTINGS,
  propose(x) {
    const { by, factor, max, when } = SETTINGS.parse(x.settings ?? {})
    const { service, instances } = serviceOf(x.topology, x.cause.target)
    if (!x.topology.get(service)?.can?.includes('workloads')) return no(`${service} has no instances to add`)
    if (instances.length === 0) return no(`no instance of ${service} is known`)
    const why = saysSo(x.cause.cause) ? undefined : objection(x, when, [service, ...instances])
    if (why !== undefined) return no(why)
    const now = x.value('replicas', service)
    if (now === undefined) return no(`nobody sees how many instances ${service} has`)
    const wanted = Math.min(max, factor === undefined ? now + by : Math.ceil(now * factor))
    if (wanted <= now) return no(`${service} has ${now} instances, and ${max} are the most`)
    const step = scaleStep(service, wanted, { disrupts: [], undoLeaves: instances })
    const success = [{ target: service, condition: `replicas_ready >= ${wanted}` }]
    return { applies: true, target: service, steps: [step], cannotUndo: [], success }
  },
}
