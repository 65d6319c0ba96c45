import type { Entry } from '../../domain/entry.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Plan } from '../../domain/plan.ts'
import type { Guard } from '../../domain/policy.ts'
import { policiesOf } from '../engine.ts'
import type { Settings } from '../ports.ts'
import type { Watched } from './charts.ts'

/** What an incident ever found, and the guards of its newest plan, by its entries. */
export function watchedIn(entries: readonly Entry[], settings: Settings): Watched {
  const findings = entries.flatMap(({ body }) =>
    body?.kind === 'incident-opened' || body?.kind === 'incident-changed' ? body.findings : [],
  )
  return watchedOf(findings, newestPlan(entries), settings)
}

/** The conditions of findings as the plan has them, else as their policies say now; guards are the plan's, else theirs. */
export function watchedOf(findings: readonly Finding[], plan: Plan | undefined, settings: Settings): Watched {
  const policies = policiesOf(settings)
  const once = new Map(findings.map((finding) => [finding.fingerprint, finding]))
  const expectations = [...once.values()].flatMap(({ policy, target }) => {
    const known = plan?.verify.expectations.find((one) => one.policy === policy && one.target === target)
    const condition = known?.condition ?? policies.get(policy)?.condition
    return condition === undefined ? [] : [{ policy, target, condition }]
  })
  const own = expectations.flatMap(({ policy }) => policies.get(policy)?.verify.guards ?? [])
  return { expectations, guards: guardsOnce(plan?.verify.guards ?? own) }
}

function guardsOnce(guards: readonly Guard[]): readonly Guard[] {
  return [...new Map(guards.map((guard) => [`${guard.name} ${guard.target}`, guard])).values()]
}

function newestPlan(entries: readonly Entry[]): Plan | undefined {
  for (const { body } of entries.toReversed()) {
    if (body?.kind === 'proposed') return body.proposal.plan
    if (body && 'plan' in body) return body.plan
  }
  return undefined
}
