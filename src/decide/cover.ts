import type { Hypothesis } from '../domain/diagnosis.ts'
import type { Finding } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import type { Policy } from '../domain/policy.ts'
import { covers, type ResourceRef } from '../domain/resource.ts'
import { ancestors, dependents, descendants, durableOwner, related, type Topology } from '../domain/topology.ts'
import { LEADS, poolsBefore } from './around.ts'

type Covering = {
  readonly incident: Pick<Incident, 'findings'>
  readonly policies: ReadonlyMap<string, Policy>
  readonly topology: Topology
}

/** What may be acted upon for a cause: its durable owner with all its parts, and the pools that stand in front of it. */
export function mayTouch(topology: Topology, target: ResourceRef): ReadonlySet<ResourceRef> {
  const owner = durableOwner(topology, target)
  return new Set([owner, ...descendants(topology, owner), ...poolsBefore(topology, owner)])
}

/**
 * The policies whose ladders are climbed for a cause: those with a finding on it, on one of its parts or on its durable
 * owner. Only where there is none, those with a finding on a dependent whose trouble it explains, as far as their own
 * pattern covers the cause or its owner: a policy never reaches further than it says.
 */
export function policiesFor(cause: Hypothesis, x: Covering): Policy[] {
  // What is due or foreseen is no trouble, and what is in trouble is not mended by what is due.
  const violated = x.incident.findings.filter(
    ({ state, lead }) => state === 'violated' && lead === LEADS.get(cause.cause),
  )
  const own = violated.filter(({ target }) => isOf(cause, target, x.topology))
  // The cause's own first: of equals, the first is chosen.
  const nearest = own.toSorted((a, b) => Number(b.target === cause.target) - Number(a.target === cause.target))
  return own.length > 0 ? policiesOf(nearest, x) : reaching(cause, violated, x)
}

/** Whether a target is the cause's own, a part of it, or one of its owners up to the durable one. */
export function isOf(cause: Hypothesis, target: ResourceRef, topology: Topology): boolean {
  const owner = durableOwner(topology, cause.target)
  return related(topology, target, cause.target) && (target === owner || ancestors(topology, target).includes(owner))
}

function reaching(cause: Hypothesis, violated: readonly Finding[], x: Covering): Policy[] {
  const { topology } = x
  const owner = durableOwner(topology, cause.target)
  const line = [cause.target, ...ancestors(topology, cause.target)]
  const above = new Set([...(cause.affected ?? []), ...line.flatMap((ref) => dependents(topology, ref))])
  const explained = violated.filter(({ target }) =>
    [target, ...ancestors(topology, target)].some((ref) => above.has(ref)),
  )
  return policiesOf(explained, x).filter(({ target }) => covers(target, cause.target) || covers(target, owner))
}

function policiesOf(findings: readonly Finding[], { policies }: Covering): Policy[] {
  return [...new Set(findings.map(({ policy }) => policy))].flatMap((name) => policies.get(name) ?? [])
}
