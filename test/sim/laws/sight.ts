import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { Plan } from '../../../src/domain/plan.ts'
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
      const announces = (body.kind === 'step-started' && body.effect) || body.kind === 'undo-started'
      // The record may take long to take the judgement; it is judged by what was so when it was made.
      const judges = body.kind === 'assessed' && Math.abs(sim.clock.now() - body.assessment.measure.at) < AT_ONCE_MS
      const isBetter = judges && body.assessment.result === 'better'
      if (announces || isBetter) {
        const blind = unseen(view.plan, x)
        if (blind.length > 0) fail(`${run}: ${body.kind} while blind on ${blind.join(', ')}`)
      }
      if (isBetter && body.assessment.enough) {
        const doubt = unhealthy(view.plan, at - view.plan.verify.healthyForMs, x)
        if (doubt.length > 0) fail(`${run} is called healed: ${doubt.join(', ')}`)
      }
    })
  },
}

function unseen({ verify }: Plan, { sim }: Watch): string[] {
  return [
    ...verify.expectations.filter(({ target }) => !sim.sight.fresh(OWN, target)).map(({ target }) => target),
    ...verify.guards.filter(({ target }) => !sim.sight.fresh(GUARD, target)).map(({ name }) => name),
  ]
}

/** What was not well in the window; two samples may belong to the moment before it began. */
function unhealthy({ verify }: Plan, since: number, { sim }: Watch): string[] {
  const bad = (metric: string, target: ResourceRef, isWell: (value: number) => boolean): boolean => {
    const seen = sim.sight.since(metric, target, since)
    return seen.length === 0
      ? !isWell(sim.sight.fresh(metric, target)?.value ?? NaN)
      : !seen.every(({ value }) => isWell(value))
  }
  return [
    ...verify.expectations
      .filter(({ target }) => bad(OWN, target, (value) => value !== 0))
      .map(({ target }) => `${target} was down`),
    ...verify.guards
      .filter(({ target, max }) => bad(GUARD, target, (value) => value <= max))
      .map(({ name }) => `${name} was violated`),
  ]
}
