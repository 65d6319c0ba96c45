import { inTheWay } from '../../../src/cli/story.ts'
import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { Outcome } from '../../../src/domain/run.ts'
import { type GateAnswer, objections } from '../../../src/domain/verdict.ts'
import type { IncidentView, PlanView } from '../../../src/domain/view.ts'

/** What became of a remedy that was thought of. */
export type Fate = 'running' | 'proposed' | 'held' | 'denied' | 'would-run' | 'refused' | 'not-chosen' | Outcome

/** A remedy of the ladder, and why it was or was not the one. */
export type Candidate = {
  readonly remedy: string
  readonly target?: ResourceRef
  readonly fate: Fate
  /** In the words of the record. */
  readonly reason?: string
}

/** Every remedy that was thought of: what was planned, newest first, what people refused, and what was not chosen. */
export function candidatesOf({ plans, incident }: Pick<IncidentView, 'plans' | 'incident'>): Candidate[] {
  const planned = plans.map(plannedAs)
  const refused = (incident.refused ?? []).map(({ remedy, target, why }): Candidate => ({
    remedy,
    target,
    fate: 'refused',
    reason: why,
  }))
  const others = (plans[0]?.plan.rejected ?? []).map((one): Candidate => ({ ...one, fate: 'not-chosen' }))
  const known = new Set<string>()
  return [...planned, ...refused, ...others].filter(({ remedy, target, fate }) => {
    // What was tried is not told a second time as not chosen.
    const key = fate === 'not-chosen' ? remedy : `${remedy} ${target}`
    const isNew = !known.has(key)
    known.add(key).add(remedy)
    return isNew
  })
}

function plannedAs(view: PlanView): Candidate {
  const { remedy, target } = view.plan
  const reason = view.reason ?? (view.verdict && inTheWay(view.verdict)[0]?.reason)
  return { remedy, target, fate: fateOf(view), ...(reason !== undefined && { reason }) }
}

/** What became of a plan. */
export function fateOf({ became, outcome, verdict }: PlanView): Fate {
  switch (became) {
    case 'run':
      return outcome ?? 'running'
    case 'running':
    case 'proposed':
    case 'would-run':
      return became
    case 'not-run':
      return verdict?.answer === 'deny' ? 'denied' : 'held'
  }
}

/** The gates asked about a plan: those that object, strictest first, and those that allow. */
export function gatesOf({ verdict }: Pick<PlanView, 'verdict'>): {
  readonly against: readonly GateAnswer[]
  readonly allowing: readonly GateAnswer[]
} {
  if (!verdict) return { against: [], allowing: [] }
  return {
    against: objections(verdict),
    allowing: verdict.answers.filter(({ answer }) => answer === 'allow'),
  }
}
