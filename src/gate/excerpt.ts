import type { Plan } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { ancestors, dependents, descendants, durableOwner, type Topology } from '../domain/topology.ts'
import type { GateInput, World } from './gate.ts'

/** The question as the gates are asked it, with what they ask for of readiness, as they ask. */
export type Excerpt = { readonly input: GateInput; readonly readiness: ReadonlyMap<ResourceRef, boolean | undefined> }

/**
 * What of the world concerns a plan. Gates are asked on the excerpt and not on the world, so that what is written down
 * is what decided. A field that nobody has cut down here stays whole.
 */
export function excerptOf(input: GateInput): Excerpt {
  const { plan, world } = input
  const readiness = new Map<ResourceRef, boolean | undefined>()
  const noting: World['readiness'] = {
    get: (ref) => {
      if (!readiness.has(ref)) readiness.set(ref, world.readiness.get(ref))
      return readiness.get(ref)
    },
  }
  const own = { topology: familyOf(world, plan), policies: policiesOf(world.policies, plan), readiness: noting }
  return { input: { ...input, world: { ...world, ...own } }, readiness }
}

// A policy and a topology are values, replaced whole: what was cut out of one is cut out once.
const policies = new WeakMap<object, World['policies']>()
const families = new WeakMap<Topology, Map<string, Topology>>()

/** The plan's own policy. */
function policiesOf(all: World['policies'], { policy: name }: Plan): World['policies'] {
  const policy = all.get(name)
  if (!policy) return NONE
  const known = policies.get(policy)
  if (known) return known
  const made = new Map([[name, policy]])
  policies.set(policy, made)
  return made
}

const NONE: World['policies'] = new Map()

/**
 * All that belongs to what the plan touches: the whole service of each target, what that is part of, and who depends on
 * it; and the lineage of what others are at, and of what Kintsugi stands on. The same for all instances of a service.
 */
export function familyOf(
  { topology, hands = [], footing = [] }: Pick<World, 'topology'> & Partial<Pick<World, 'hands' | 'footing'>>,
  { owner, target, steps }: Plan,
): Topology {
  const touched = [target, owner, ...steps.flatMap((step) => [step.target, ...(step.disrupts ?? [])])]
  const heads = [...new Set(touched.map((ref) => durableOwner(topology, ref)))].toSorted()
  const others = [...new Set([...hands, ...footing].flatMap((one) => one.target ?? []))].toSorted()
  const known = families.get(topology) ?? new Map<string, Topology>()
  families.set(topology, known)
  const key = `${heads.join()} ${others.join()}`
  const made = known.get(key) ?? cutOut(topology, heads, others)
  known.set(key, made)
  return made
}

function cutOut(topology: Topology, heads: readonly ResourceRef[], others: readonly ResourceRef[]): Topology {
  const bodies = heads.flatMap((head) => [head, ...descendants(topology, head)])
  const around = [...bodies.flatMap((ref) => [ref, ...dependents(topology, ref)]), ...others]
  const refs = new Set(around.flatMap((ref) => [ref, ...ancestors(topology, ref)]))
  // All of it is the same value, and need not be written down twice.
  const cut = [...refs].flatMap((ref) => nodeOf(topology, ref))
  return cut.length === topology.size ? topology : new Map(cut)
}

function nodeOf(topology: Topology, ref: ResourceRef): [ResourceRef, NonNullable<ReturnType<Topology['get']>>][] {
  const node = topology.get(ref)
  return node ? [[ref, node]] : []
}
