import { GATEWAY } from '../shop.ts'
import type { Law } from './law.ts'

/** What was told before this is known. */
const KNOWN_MS = 2500

/** No run that could burn more than is left of the error budget begins without a person's yes. */
export const budget: Law = {
  name: '+ the error budget is minded',
  watch({ sim, fail, onEntry }) {
    onEntry(({ body, run = '' }) => {
      const slo = sim.adopted.settings.slos?.[0]?.budget
      if (body.kind !== 'run-started' || body.approval || !slo) return
      const seen = sim.sight.since('budget_spent', GATEWAY, sim.clock.trueMs() - KNOWN_MS)
      if (seen.length < 2) return
      const spent = Math.min(...seen.map(({ value }) => value))
      const { risk, blast } = body.plan.risk ?? { risk: 1, blast: 1 }
      const cost = (risk * blast * body.plan.verify.withinMs) / ((1 - slo.objective) * slo.windowMs)
      if (spent >= 1) sim.counters.count('budget spent')
      if (cost > Math.max(0, 1 - spent)) fail(`${run} could burn ${cost} of a budget of which ${spent} is spent`)
    })
  },
}
