import { related } from '../../../src/domain/topology.ts'
import { holdsLocks, type RunView } from '../history.ts'
import { TOPOLOGY } from '../shop.ts'
import type { Law } from './law.ts'

/** Invariant 1: one run at a time on a target, its lineage, and what it shares its fate with. */
export const oneAtATime: Law = {
  name: '1 one run at a time',
  watch({ sim, fail, onEntry, onCall }) {
    onEntry(({ body, run = '' }) => {
      const begun = body.kind === 'run-started' && sim.history.runs.get(run)
      if (!begun) return
      for (const other of sim.history.runs.values()) {
        if (other === begun || !holdsLocks(other) || !inTheWay(begun, other)) continue
        fail(`${run} on ${begun.plan.target} starts while ${other.run} on ${other.plan.target} is not over`)
      }
    })
    onCall((call, run) => {
      if (run?.ended) fail(`${run.run} writes to ${call.target} after it has ended ${run.ended.outcome}`)
    })
  },
}

function inTheWay(a: RunView, b: RunView): boolean {
  const [first, second] = [touched(a), touched(b)]
  const fates = new Set(first.flatMap(fateOf))
  return (
    first.some((one) => second.some((other) => related(TOPOLOGY, one, other))) ||
    second.flatMap(fateOf).some((fate) => fates.has(fate))
  )
}

const touched = ({ plan }: RunView) => [plan.target, ...plan.steps.map(({ target }) => target)]
const fateOf = (ref: RunView['plan']['target']): readonly string[] => TOPOLOGY.get(ref)?.sharedFate ?? []
