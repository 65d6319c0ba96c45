import type { Incident } from '../../../src/domain/incident.ts'
import type { Hold, Latch, Lock, RunRow } from '../../../src/domain/ledger.ts'
import type { Status } from '../../../src/domain/operator.ts'
import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { BudgetView, PolicyView, TargetState, TargetView } from '../../../src/domain/view.ts'

/** A target with its parts, such as a service with its instances. */
export type TargetNode = { readonly view: TargetView; readonly parts: readonly TargetNode[] }

/** One line of the tree, with the owners that it stands under, nearest first. */
export type Row = { readonly view: TargetView; readonly owners: readonly ResourceRef[] }

/** A target and its owners, nearest first: what is about them is about it. */
export type Place = { readonly target: ResourceRef; readonly owners: readonly ResourceRef[] }

/** What is looked for; it stands in the URL. */
export type TargetFilter = { readonly state?: TargetState; readonly text: string }

/** What needs somebody first, what nobody watches last. */
export const STATES: readonly TargetState[] = ['unwell', 'blind', 'in-repair', 'held', 'well', 'unwatched']

const isState = (word: string): word is TargetState => STATES.some((state) => state === word)

/** Unknown states are none. */
export function filterFrom(search: string): TargetFilter {
  const params = new URLSearchParams(search)
  const state = params.get('state') ?? ''
  return { ...(isState(state) && { state }), text: params.get('q') ?? '' }
}

/** The search part of the URL without its question mark; empty for no filter. */
export function searchOf({ state, text }: TargetFilter): string {
  return new URLSearchParams({ ...(state && { state }), ...(text !== '' && { q: text }) }).toString()
}

/**
 * Targets by lineage, each once, by name. One whose owner is not among them stands by itself, and so does each of a
 * circle, which no connector should report.
 */
export function treeOf(views: readonly TargetView[]): readonly TargetNode[] {
  const sorted = views.toSorted((a, b) => collator.compare(a.target, b.target))
  const known = new Map(sorted.map((view) => [view.target, view]))
  const isPart = ({ target, partOf }: TargetView): boolean =>
    partOf !== undefined && known.has(partOf) && !leadsBack(known, target)
  const parts = Map.groupBy(sorted.filter(isPart), ({ partOf }) => partOf)
  const nodeOf = (view: TargetView): TargetNode => ({ view, parts: (parts.get(view.target) ?? []).map(nodeOf) })
  return sorted.filter((view) => !isPart(view)).map(nodeOf)
}

/** `api-2` before `api-10`. */
const collator = new Intl.Collator('en', { numeric: true })

function leadsBack(known: ReadonlyMap<ResourceRef, TargetView>, target: ResourceRef): boolean {
  return ownersOf(known, target).includes(target)
}

/** The chain of owners, nearest first; with the target itself as the last where it leads back. */
function ownersOf(known: ReadonlyMap<ResourceRef, TargetView>, target: ResourceRef): readonly ResourceRef[] {
  const chain: ResourceRef[] = []
  for (let at = known.get(target)?.partOf; at && !chain.includes(at); at = known.get(at)?.partOf) {
    chain.push(at)
    if (at === target) break
  }
  return chain
}

/** What is left of the tree: what the filter is about, and the owners that it stands under. */
export function filtered(nodes: readonly TargetNode[], filter: TargetFilter): readonly TargetNode[] {
  return nodes.flatMap((node) => {
    const parts = filtered(node.parts, filter)
    return isMeant(node.view, filter) || parts.length > 0 ? [{ view: node.view, parts }] : []
  })
}

/** The tree line by line, each owner before its parts. */
export function flat(nodes: readonly TargetNode[], owners: readonly ResourceRef[] = []): readonly Row[] {
  return nodes.flatMap(({ view, parts }) => [{ view, owners }, ...flat(parts, [view.target, ...owners])])
}

function isMeant({ target, state, because = '', policies }: TargetView, filter: TargetFilter): boolean {
  const wanted = filter.text.trim().toLowerCase()
  if (filter.state !== undefined && state !== filter.state) return false
  return [target, because, ...policies].some((text) => text.toLowerCase().includes(wanted))
}

/** How many targets are in each state. */
export function countsOf(views: readonly TargetView[]): ReadonlyMap<TargetState, number> {
  const byState = Map.groupBy(views, ({ state }) => state)
  return new Map(STATES.map((state) => [state, byState.get(state)?.length ?? 0]))
}

/** What stands around a target: its owners (nearest first), its parts, who it needs, and who needs it. */
export type Around = {
  readonly owners: readonly ResourceRef[]
  readonly parts: readonly TargetView[]
  readonly dependsOn: readonly ResourceRef[]
  /** Seen in calls, and not declared. */
  readonly calls: readonly ResourceRef[]
  readonly dependents: readonly { readonly target: ResourceRef; readonly learned: boolean }[]
}

export function around(views: readonly TargetView[], target: ResourceRef): Around {
  const known = new Map(views.map((view) => [view.target, view]))
  const view = known.get(target)
  const dependents = views.flatMap((other) => {
    if (other.dependsOn.includes(target)) return [{ target: other.target, learned: false }]
    return other.calls.includes(target) ? [{ target: other.target, learned: true }] : []
  })
  return {
    owners: ownersOf(known, target).filter((owner) => owner !== target),
    parts: views.filter(({ partOf }) => partOf === target).toSorted((a, b) => collator.compare(a.target, b.target)),
    dependsOn: view?.dependsOn ?? [],
    calls: view?.calls ?? [],
    dependents,
  }
}

/** Incidents about a target, its owners or what is found on it; in the order they came in. */
export function incidentsOn(incidents: readonly Incident[], { target, owners }: Place): readonly Incident[] {
  return incidents.filter(
    ({ owner, findings, quiet, attempts }) =>
      owner === target ||
      owners.includes(owner) ||
      [...findings, ...(quiet?.findings ?? []), ...attempts].some((about) => about.target === target),
  )
}

export function runsOn(runs: readonly RunRow[], target: ResourceRef): readonly RunRow[] {
  return runs.filter((run) => run.target === target || run.owner === target)
}

/** What is left to a target: budgets are kept on its durable owner, which may be itself. */
export function budgetOf(budgets: readonly BudgetView[], { target, owners }: Place): BudgetView | undefined {
  const byOwner = new Map(budgets.map((budget) => [budget.owner, budget]))
  return [target, ...owners].map((owner) => byOwner.get(owner)).find((budget) => budget !== undefined)
}

/** What keeps Kintsugi's hands off a target: a person's word, a limit, a run that ended and did not give it back. */
export type Kept = {
  readonly holds: readonly Hold[]
  readonly latches: readonly Latch[]
  readonly locks: readonly Lock[]
}

/** All that is kept now, by the status; unknown is nothing. A run under way keeps nothing from anybody. */
export function keptNow(status: Pick<Status, 'holds' | 'latches' | 'locks' | 'openRuns'> | undefined): Kept {
  const { holds = [], latches = [], locks = [], openRuns = [] } = status ?? {}
  return { holds, latches, locks: locks.filter(({ run, mode }) => mode === 'own' && !openRuns.includes(run)) }
}

export function keptOn({ holds, latches, locks }: Kept, { target, owners }: Place): Kept {
  const these = [target, ...owners]
  return {
    holds: holds.filter((hold) => these.includes(hold.target)),
    latches: latches.filter(({ owner }) => these.includes(owner)),
    locks: locks.filter(({ resource }) => these.some((one) => one === resource)),
  }
}

/** Policies that watch others of the target's kind, or its parts: what would have to be widened to cover it. */
export function nearest(policies: readonly PolicyView[], target: ResourceRef): readonly PolicyView[] {
  const kind = kindOf(target)
  return policies.filter(
    ({ policy, covers }) => kindOf(policy.target) === kind || covers.some((ref) => kindOf(ref) === kind),
  )
}

/** All before the last slash, such as `lab:shop/instance`. */
const kindOf = (target: string): string => target.slice(0, target.lastIndexOf('/'))
