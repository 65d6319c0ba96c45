import type { Cause } from '../domain/cause.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { descendants, durableOwner, needsOf, type Topology } from '../domain/topology.ts'

/** An incident that was opened: what is likeliest to have caused it, and what fails. */
export type Opening = Cause & { readonly failing: readonly ResourceRef[] }

/**
 * The distinct causes of what was opened. A root that needs, at any distance, another root that is broken itself is its
 * symptom; roots whose failing instances share a host or a disk are one cause. A root that two others explain joins
 * neither to the other: who depends on everything makes no single cause of it.
 */
export function distinctCauses(openings: readonly Opening[], topology: Topology): Cause[] {
  const roots = new Map(distinctRoots(openings).map((one) => [one.root, one]))
  const needs = new Map([...roots.keys()].map((root) => [root, brokenNeeds(root, roots, topology)]))
  const causes = [...roots.values()].filter(({ root }) => !isSymptom(root, needs))
  return byFate(causes, topology).map(({ root, since }) => ({ root, since }))
}

/** Each root once, since the first of its incidents, with all that fails. */
export function distinctRoots(openings: readonly Opening[]): Opening[] {
  const roots = new Map<ResourceRef, Opening>()
  for (const one of openings) roots.set(one.root, joined(roots.get(one.root), one))
  return [...roots.values()]
}

function joined(was: Opening | undefined, one: Opening): Opening {
  if (!was) return one
  return {
    root: one.root,
    since: was.since.wallMs <= one.since.wallMs ? was.since : one.since,
    failing: [...was.failing, ...one.failing],
  }
}

type Needs = ReadonlyMap<ResourceRef, ReadonlySet<ResourceRef>>

/** Of those that need each other, the first by name stands for all. */
function isSymptom(root: ResourceRef, needs: Needs): boolean {
  return [...(needs.get(root) ?? [])].some((deeper) => !needs.get(deeper)?.has(root) || deeper < root)
}

/** The other roots that a root needs, at any distance. */
function brokenNeeds(
  root: ResourceRef,
  roots: ReadonlyMap<ResourceRef, unknown>,
  topology: Topology,
): ReadonlySet<ResourceRef> {
  const reached = new Set<ResourceRef>([root])
  // A set hands out what is added to it while it is walked.
  for (const ref of reached) {
    for (const part of [ref, ...descendants(topology, ref)]) {
      for (const need of needsOf(topology.get(part))) reached.add(durableOwner(topology, need))
    }
  }
  reached.delete(root)
  return new Set([...reached].filter((ref) => roots.has(ref)))
}

type Group = { readonly opening: Opening; readonly fates: ReadonlySet<string> }

/** Each with all that stands on the same thing. */
function byFate(causes: readonly Opening[], topology: Topology): Opening[] {
  let groups: Group[] = []
  for (const opening of causes) {
    const fates = opening.failing.flatMap((ref) => topology.get(ref)?.sharedFate ?? [])
    const isSame = (group: Group): boolean => fates.some((fate) => group.fates.has(fate))
    const same = groups.filter(isSame)
    const all = same.reduce((sum, group) => joined(sum, group.opening), opening)
    const shared = new Set([...fates, ...same.flatMap((group) => [...group.fates])])
    groups = [...groups.filter((group) => !isSame(group)), { opening: all, fates: shared }]
  }
  return groups.map(({ opening }) => opening)
}
