import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { Plan } from '../../../src/domain/plan.ts'
import { partsIn } from '../../../src/domain/topology.ts'
import { PLAIN } from '../settings.ts'
import { TOPOLOGY } from '../shop.ts'
import type { Sim } from '../state.ts'
import type { Law, Watch } from './law.ts'

/** The simulated signals: the policies' own and the guard's. */
const OWN = 'up'
const GUARD = 'failed_share'
const AT_ONCE_MS = 100

/**
 * Invariant 7: nothing is done and nothing undone on what nobody sees, and no data is never healthy: what ended healed was
 * seen healthy through the whole stabilisation window, judged here on the samples that were handed in.
 */
export const sighted: Law = {
  name: '7 blindness freezes',
  watch(x) {
    const { sim, fail, onEntry } = x
    onEntry(({ body, run = '', at }) => {
      const view = sim.history.runs.get(run)
      if (!view) return
      const watched = watchedBy(view.plan, sim)
      const announces = (body.kind === 'step-started' && body.effect) || body.kind === 'undo-started'
      // The record may take long to take the judgement; it is judged by what was so when it was made.
      const judges = body.kind === 'assessed' && Math.abs(sim.clock.now() - body.assessment.measure.at) < AT_ONCE_MS
      const isBetter = judges && body.assessment.result === 'better'
      if (announces || isBetter) {
        const blind = unseen(watched, x)
        if (blind.length > 0) fail(`${run}: ${body.kind} while blind on ${blind.join(', ')}`)
      }
      if (isBetter && body.assessment.enough) {
        const doubt = unhealthy(watched, at - watched.healthyForMs, x)
        if (doubt.length > 0) fail(`${run} is called healed: ${doubt.join(', ')}`)
      }
    })
  },
}

type Watched = Pick<Plan['verify'], 'healthyForMs' | 'guards'> & { readonly own: readonly ResourceRef[] }

/** What has to be seen and to be well, by the configuration: the whole of the owner, and the guards. */
function watchedBy({ policy, owner }: Plan, { settingsOf }: Sim): Watched {
  const { healthyForMs = 0, guards = [] } = settingsOf(PLAIN).policies.find(({ name }) => name === policy)?.verify ?? {}
  return { healthyForMs, guards, own: partsIn(TOPOLOGY, owner) }
}

function unseen({ own, guards }: Watched, { sim }: Watch): string[] {
  return [
    ...own.filter((target) => !sim.sight.fresh(OWN, target)),
    ...guards.filter(({ target }) => !sim.sight.fresh(GUARD, target)).map(({ name }) => name),
  ]
}

/** What was not well in the window; where no sample fell into it, the one before counts. */
function unhealthy({ own, guards }: Watched, since: number, { sim }: Watch): string[] {
  const isBad = (metric: string, target: ResourceRef, isWell: (value: number) => boolean): boolean => {
    const seen = sim.sight.since(metric, target, since)
    const before = seen.length === 0 ? sim.sight.fresh(metric, target) : undefined
    return [...seen, ...(before ? [before] : [])].some(({ value }) => !isWell(value))
  }
  return [
    ...own.filter((target) => isBad(OWN, target, (value) => value !== 0)).map((target) => `${target} was down`),
    ...guards
      .filter(({ target, max }) => isBad(GUARD, target, (value) => value <= max))
      .map(({ name }) => `${name} was violated`),
  ]
}
