import { z } from 'zod'
import { no, objection, serviceOf } from '../around.ts'
import type { Remedy } from '../remedy.ts'
import { condition } from '../settings.ts'
import { scaleStep } from '../steps.ts'
import { lostWords } from './restart-instance.ts'

const SETTINGS = z.strictObject({
  by: z.int().positive().default(1),
  /** Goes before `by`: 2 halves. */
  factor: z.number().gt(1).exactOptional(),
  min: z.int().positive().default(2),
  /** On every instance. */
  when: condition.default('cpu_utilization < 30'),
})

/** Takes the last instances away from a service of which every instance is idle. */
export const scaleDown: Remedy = {
  name: 'scale-down',
  weight: 52,
  action: 'scale',
  settings: SETTINGS,
  propose(x) {
    const { by, factor, min, when } = SETTINGS.parse(x.settings ?? {})
    const { service, instances } = serviceOf(x.topology, x.cause.target)
    if (!x.topology.get(service)?.can?.includes('workloads')) return no(`${service} has no instances to take away`)
    const why = instances.map((ref) => objection(x, when, [ref])).find((reason) => reason !== undefined)
    if (why !== undefined) return no(why)
    const now = x.value('replicas', service)
    if (now === undefined) return no(`nobody sees how many instances ${service} has`)
    // Those that go must be known by name.
    if (now !== instances.length) return no(`${service} has ${now} instances, and ${instances.length} are known`)
    const wanted = Math.max(min, factor === undefined ? now - by : Math.floor(now / factor))
    if (wanted >= now) return no(`${service} has ${now} instances, and ${min} are the least`)
    const going = instances.slice(wanted)
    const step = scaleStep(service, wanted, { disrupts: going, undoLeaves: instances })
    return { applies: true, target: service, steps: [step], cannotUndo: going.map(lostWords) }
  },
}
