import { no, serviceOf } from '../around.ts'
import type { Remedy } from '../remedy.ts'
import { lostWords, notMended, RESTARTS, restartStep } from './restart-instance.ts'

/** Restarts every instance of the service, one by one, the sick one first: the next begins when the last is ready. */
export const restartService: Remedy = {
  name: 'restart-service',
  weight: 40,
  action: 'restart-instance',
  settings: RESTARTS,
  propose({ cause: { cause, target }, topology, settings }) {
    const why = notMended(cause, settings)
    if (why !== undefined) return no(why)
    const { service, instances: byName } = serviceOf(topology, target)
    if (byName.length === 0) return no(`nothing is known to serve for ${service}`)
    const instances = byName.toSorted((a, b) => Number(b === target) - Number(a === target))
    return { applies: true, target: service, steps: instances.map(restartStep), cannotUndo: instances.map(lostWords) }
  },
}
