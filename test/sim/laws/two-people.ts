import type { Plan } from '../../../src/domain/plan.ts'
import type { Law } from './law.ts'

/**
 * Where the policy asks two people, no run begins and nothing takes effect without the yes of two of different names on
 * record before it, both to this proposal.
 */
export const twoPeople: Law = {
  name: '2 two people where two are asked',
  watch({ sim, fail, onEntry }) {
    const said = new Map<string, string[]>()
    const asksTwo = ({ policy }: Plan): boolean =>
      sim.adopted.settings.policies.find(({ name }) => name === policy)?.approval?.approvers === 2
    onEntry(({ body, run = '' }) => {
      if (body.kind === 'endorsed' || body.kind === 'approved') {
        const before = said.get(body.proposal) ?? []
        if (body.kind === 'endorsed') {
          sim.counters.count('endorsed')
          if (before.length > 0) fail(`${body.proposal} is endorsed after ${before.join(' and ')} said yes`)
        }
        said.set(body.proposal, [...before, body.by])
      }
      const view = sim.history.runs.get(run)
      if (!view || body.kind !== 'run-started' || !view.state.approval || !asksTwo(view.plan)) return
      const yeses = new Set(said.get(view.state.approval.proposal))
      if (yeses.size < 2) fail(`${run} begins with the yes of ${[...yeses].join()} alone, and its policy asks two`)
      else sim.counters.count('approved by two')
    })
  },
}
