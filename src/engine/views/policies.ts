import { expandCondition, type Aliases } from '../../domain/condition/aliases.ts'
import { parseCondition } from '../../domain/condition/parse.ts'
import { conditionText } from '../../domain/condition/text.ts'
import type { Mode } from '../../domain/entry.ts'
import { UsageError } from '../../domain/errors.ts'
import { concerns, nextOpening, openWindows, type OpenWindow } from '../../domain/freeze-window.ts'
import type { Latch } from '../../domain/ledger.ts'
import type { Policy } from '../../domain/policy.ts'
import { covers, type ResourceRef } from '../../domain/resource.ts'
import { ancestors, coveredBy, durableOwner, type Topology } from '../../domain/topology.ts'
import type { PolicyView } from '../../domain/view.ts'

/** What policies come to, at one moment. */
export type PolicyWorld = {
  readonly mode: Mode
  readonly paused: boolean
  readonly policies: readonly Policy[]
  readonly aliases: Aliases
  readonly topology: Topology
  readonly never: readonly string[]
  /** Freeze windows. */
  readonly frozen: readonly OpenWindow[]
  readonly latches: readonly Latch[]
  readonly now: number
  /** The actions of a remedy that cannot be undone. */
  readonly lastingOf: (remedy: string) => readonly string[]
}

/** Every policy with what it comes to now. Pure; never throws. */
export function policyViews(world: PolicyWorld): PolicyView[] {
  return world.policies.map((policy) => {
    const covered = coveredBy(world.topology, policy.target)
    return {
      policy,
      autonomy: policy.autonomy,
      condition: resolvedText(policy.condition, world.aliases),
      covers: covered,
      limits: limitsOf(policy, covered, world),
    }
  })
}

function resolvedText(text: string, aliases: Aliases): string {
  try {
    return conditionText(expandCondition(parseCondition(text), aliases))
  } catch (thrown) {
    if (thrown instanceof UsageError) return text
    throw thrown
  }
}

/** What stands in the way of its acting by itself, in words. */
function limitsOf(policy: Policy, covered: readonly ResourceRef[], world: PolicyWorld): string[] {
  const { mode, paused, never, frozen, latches, topology } = world
  const { autonomy, ladder, allowIrreversible } = policy
  const outOfBounds = covered.filter((ref) =>
    [ref, ...ancestors(topology, ref)].some((one) => never.some((pattern) => covers(pattern, one))),
  )
  const holding = frozen.filter(
    (window) =>
      !window.allow.includes(policy.name) &&
      covered.some((ref) => concerns(window, [ref, ...ancestors(topology, ref)])),
  )
  const owners = new Set(covered.map((ref) => durableOwner(topology, ref)))
  return [
    ...(mode === 'shadow' ? ['mode: shadow, so that nothing is written'] : []),
    ...(paused ? ['paused'] : []),
    ...holding.map(({ name, until }) => `freeze window ${name} until ${new Date(until).toISOString()}`),
    ...closedText(policy, world.now),
    ...(autonomy === 'auto' ? [] : [`autonomy: ${autonomy}`]),
    ...(covered.length === 0 ? [`nothing that is known now is called ${policy.target}`] : []),
    ...(ladder.every((rung) => rung === 'page') ? ['its ladder names nothing but a person'] : []),
    ...ladder.flatMap((rung) => lastingText(rung, world.lastingOf(rung), allowIrreversible)),
    ...(outOfBounds.length > 0 ? [`${outOfBounds.length} of ${covered.length} targets are on the never list`] : []),
    ...latches
      .filter(({ owner }) => owners.has(owner))
      .map(({ owner, reason }) => `${owner} is latched, ${reason}: kintsugi release ${owner}`),
  ]
}

/** Outside of its own windows; the next of them opens then. */
function closedText({ windows }: Policy, now: number): string[] {
  if (!windows || openWindows(windows, now).length > 0) return []
  const openings = windows.flatMap(({ when }) => nextOpening({ when }, now)?.since ?? [])
  const next = openings.length === 0 ? 'for good' : `until ${new Date(Math.min(...openings)).toISOString()}`
  return [`outside of its maintenance windows ${next}`]
}

function lastingText(rung: string, actions: readonly string[], allowed: readonly string[]): string[] {
  const missing = actions.filter((action) => !allowed.includes(action))
  return missing.length === 0 ? [] : [`${rung} cannot be undone: it needs allowIrreversible: [${missing.join(', ')}]`]
}
