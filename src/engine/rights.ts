import { ForbiddenError } from '../domain/errors.ts'
import type { Incident } from '../domain/incident.ts'
import type { Order } from '../domain/operator.ts'
import { LOCAL } from '../domain/person.ts'
import type { Plan } from '../domain/plan.ts'
import type { Policy } from '../domain/policy.ts'
import { includes, type Role } from '../domain/role.ts'
import { otherDuty } from './duties.ts'
import { policiesOf, type Engine } from './engine.ts'

type Asker = Pick<Order, 'by' | 'who'>

/** Throws ForbiddenError, naming what is needed, where a policy lists who may, and this is nobody of them. */
export function mustBeListed(engine: Engine, policies: Iterable<string>, asker: Asker): void {
  for (const name of new Set(policies)) {
    const policy = policiesOf(engine.settings).get(name)
    if (policy && !isListed(policy, asker)) throw new ForbiddenError(listText(policy, asker))
  }
}

function isListed({ access }: Policy, { by, who }: Asker): boolean {
  if (!access) return true
  // Where nobody looked who asks, the name is all there is.
  if (!who) return access.approve.includes(by)
  const known = who.claimed ? [LOCAL] : who.known
  return access.approve.some((one) => known.includes(one) || hasRole(one, who.role))
}

function hasRole(listed: string, role: Role): boolean {
  const [, needed] = /^role:(.+)$/.exec(listed) ?? []
  return needed !== undefined && includes(role, needed as Role)
}

function listText({ name, access }: Policy, { by }: Asker): string {
  const listed = access?.approve ?? []
  const who = listed.length === 0 ? 'nobody: its list is empty' : listed.join(', ')
  return `policy '${name}' leaves this to ${who}; '${by}' is none of them`
}

/** The policies that an incident is about. */
export function policiesIn({ findings, quiet, proposal }: Incident): string[] {
  const found = [...findings, ...(quiet?.findings ?? [])].map(({ policy }) => policy)
  return [...found, ...(proposal ? [proposal.plan.policy] : [])]
}

/** Throws ForbiddenError where this person may not say yes to the plan: not listed, unproven, or with another duty in it. */
export async function mayApprove(engine: Engine, plan: Plan, asker: Asker): Promise<void> {
  mustBeListed(engine, [plan.policy], asker)
  const { by, who } = asker
  const policy = policiesOf(engine.settings).get(plan.policy)
  if (who?.claimed && policy?.approval?.approvers === 2) {
    throw new ForbiddenError(
      `policy '${plan.policy}' asks two people, and here nobody proves who they are: approve with a token of your own, or signed in`,
    )
  }
  const duty = await otherDuty(engine, plan, { by, ...(who && { person: who.person }) })
  if (duty === undefined) return
  throw new ForbiddenError(`duties are separate: '${by}' may not approve this, ${duty}; another person may`)
}
