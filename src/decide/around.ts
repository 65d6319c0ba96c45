import type { Finding } from '../domain/finding.ts'
import type { Capability } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { directDependents, durableOwner, partsIn, type Topology } from '../domain/topology.ts'
import type { Proposal, Proposing } from './remedy.ts'

/** The cause of what is due by the calendar. */
const DUE = 'maintenance-due'
/** The cause of what is not broken yet, and foreseen to be. */
const FORESEEN = 'limit-ahead'
/** The cause of what a model has learned to foresee of disks: it is for a person alone. */
export const FAILING = 'disk-failing'

/** What a finding leads with, for the causes that are no trouble yet. */
export const LEADS: ReadonlyMap<string, Finding['lead']> = new Map([
  [DUE, 'schedule'],
  [FORESEEN, 'forecast'],
  [FAILING, 'forecast'],
])

/** Whether the policy has judged already whether there is a need: nothing is broken by which that could be told. */
export const isAhead = (cause: string): boolean => cause === DUE || cause === FORESEEN

/** A remedy that does not apply, and why. */
export const no = (reason: string): Proposal => ({ applies: false, reason })

/** The target, where it offers the capability, else those of its parts that do. */
export function offering(topology: Topology, target: ResourceRef, capability: Capability): ResourceRef[] {
  return [target, ...partsIn(topology, target)]
    .filter((ref) => topology.get(ref)?.can?.includes(capability))
    .slice(0, topology.get(target)?.can?.includes(capability) ? 1 : undefined)
}

// Made once: to make one takes longer than to compare with it.
const byNumber = new Intl.Collator('en', { numeric: true })

/** A service and its instances, by the number in their names: of a single instance, those of its service. */
export function serviceOf(topology: Topology, target: ResourceRef): { service: ResourceRef; instances: ResourceRef[] } {
  const service = durableOwner(topology, target)
  const instances = partsIn(topology, service).toSorted(byNumber.compare)
  return { service, instances }
}

/** The pools through which a target gets its traffic. */
export function poolsBefore(topology: Topology, ref: ResourceRef): ResourceRef[] {
  return directDependents(topology, ref).filter((one) => topology.get(one)?.can?.includes('traffic'))
}

/** The pool through which the target's service gets its traffic, or the target itself; undefined for none or several. */
export function poolOf(topology: Topology, target: ResourceRef): ResourceRef | undefined {
  if (topology.get(target)?.can?.includes('traffic')) return target
  const { service } = serviceOf(topology, target)
  const pools = poolsBefore(topology, service)
  return pools.length === 1 ? pools[0] : undefined
}

/** Why a prerequisite does not hold, where it is so on none of the targets; undefined where it is so on one. */
export function objection(
  { judge }: Proposing,
  condition: string,
  targets: readonly ResourceRef[],
): string | undefined {
  const states = targets.map((target) => judge(condition, target))
  if (states.includes('true')) return undefined
  const where = targets.join(', ')
  return states.includes('false') ? `not '${condition}' on ${where}` : `nobody sees whether '${condition}' on ${where}`
}

/** The pool in front of the one sick instance, and its service's instances, of which another is seen to answer; else why not. */
export function relief(
  x: Proposing,
): { readonly pool: ResourceRef; readonly instances: readonly ResourceRef[] } | { readonly why: string } {
  const { target } = x.cause
  const { service, instances } = serviceOf(x.topology, target)
  if (target === service) return { why: `${target} is not an instance of anything` }
  const pool = poolOf(x.topology, target)
  if (pool === undefined) return { why: `no one pool stands in front of ${service}` }
  const takesOver = instances.some((ref) => ref !== target && x.judge('min(up) > 0', ref) === 'true')
  return takesOver ? { pool, instances } : { why: `no other instance of ${service} is seen to answer` }
}
