import { related } from '../../../src/domain/topology.ts'
import { TOPOLOGY } from '../shop.ts'
import type { Law } from './law.ts'

/** A law beside the invariants: nothing is mended that has mended itself before the first effect. */
export const needed: Law = {
  name: '+ nothing well is mended',
  watch({ sim, fail, onEntry }) {
    onEntry(({ body, run = '' }) => {
      const view = sim.history.runs.get(run)
      const begins = body.kind === 'run-started' || (body.kind === 'step-started' && body.effect)
      if (!view || !begins || view.announced.length > 1) return
      const ofTarget = view.plan.verify.expectations.filter(({ target }) => related(TOPOLOGY, target, view.plan.target))
      const isUnwell = ofTarget.some(({ target }) => (sim.sight.fresh('up', target)?.value ?? 0) === 0)
      if (!isUnwell) fail(`${run}: ${body.kind}, and ${view.plan.target} is well`)
    })
  },
}
