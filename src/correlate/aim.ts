import type { AimRule, Alert, AlertTarget } from '../domain/alert.ts'
import { matches } from '../domain/condition/matchers.ts'
import { partsOf, type ResourceRef } from '../domain/resource.ts'
import type { Labels } from '../domain/signal.ts'
import { labelsIn, targetFrom } from '../domain/target-template.ts'
import { ancestors, durableOwner, type Topology } from '../domain/topology.ts'
import { excerpt } from '../lib/excerpt.ts'

type Aimed = { readonly target: ResourceRef } | { readonly reason: string; readonly isGone?: boolean }

/** Where a scrape without `honor_labels` puts the label of the thing that an exporter tells about. */
const EXPORTED = 'exported_'

/** Which target an alert is about, beside what the same alert was about when it was last heard of. */
export type Aim = (alert: Pick<Alert, 'labels'>, before?: AlertTarget) => AlertTarget

/**
 * From an alert to the one target that it is about, or the reason why to none: then nothing is done about it. The first
 * rule whose tests pass decides, also by refusing. What labels say is data: it must fit a part of a name as it stands,
 * and it makes up no target and no namespace of its own. A target that was there before stays the alert's once it is
 * gone, since the end of such an alert must not pass for the health of its owner. Pure.
 *
 * @param key what the rules are called in the configuration
 */
export function aimOf(rules: readonly AimRule[], topology: Topology, key = 'alertTargets'): Aim {
  return ({ labels }, before) => {
    const index = rules.findIndex(({ match }) => matches(labels, match))
    const rule = rules[index]
    if (!rule) return { kind: 'unmapped', reason: noRule(rules, key) }
    const aimed = aimedBy(rule, labels, topology)
    if ('target' in aimed) return { kind: 'mapped', target: aimed.target, rule: index }
    if (aimed.isGone && before?.kind === 'mapped' && before.rule === index) return before
    return { kind: 'unmapped', reason: `${key}[${index}]: ${aimed.reason}` }
  }
}

function noRule(rules: readonly AimRule[], key: string): string {
  return rules.length === 0
    ? `there are no ${key}: nothing says which target it is about`
    : `no rule of ${key} matches it`
}

function aimedBy(rule: AimRule, labels: Labels, topology: Topology): Aimed {
  for (const label of labelsIn(rule.target)) {
    if (!label.startsWith(EXPORTED) && has(labels, EXPORTED + label)) {
      return {
        reason: `its label '${label}' is the exporter's own: the thing it tells about is in '${EXPORTED}${label}'`,
      }
    }
  }
  const named = targetFrom(rule.target, labels)
  if ('reason' in named) return named
  if (!topology.has(named.target)) return { reason: `${named.target} is not known`, isGone: true }
  const lifted = liftedTo(rule.lift, named.target, topology)
  if ('reason' in lifted) return lifted
  const outside = outsideOf(named.target, rule, labels) ?? outsideOf(lifted.target, rule, labels)
  return outside === undefined ? lifted : { reason: outside }
}

/** Why the target is not the alert's to aim at; undefined when it is, or when the alert speaks for no namespace. */
function outsideOf(target: ResourceRef, { trustLabels }: AimRule, labels: Labels): string | undefined {
  const label = trustLabels.find((name) => has(labels, name))
  if (label === undefined) return undefined
  const { namespace } = partsOf(target)
  if (labels[label] === namespace) return undefined
  return `${target} is outside of the namespace that it speaks for, ${label}=${excerpt(labels[label] ?? '')}`
}

function liftedTo(lift: AimRule['lift'], target: ResourceRef, topology: Topology): Aimed {
  if (lift === undefined) return { target }
  if (lift === 'service') {
    const service = [target, ...ancestors(topology, target)].find((ref) => partsOf(ref).kind === 'service')
    return service === undefined ? { reason: `${target} is part of no service` } : { target: service }
  }
  const owner = durableOwner(topology, target)
  return topology.get(owner)?.durable ? { target: owner } : { reason: `${target} has no durable owner` }
}

function has(labels: Labels, name: string): boolean {
  return Object.hasOwn(labels, name) && labels[name] !== ''
}
