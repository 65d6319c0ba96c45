import type { Finding } from '../domain/finding.ts'
import { isSuspicion, isUnusual, lastFound } from '../domain/grounds.ts'
import type { Incident } from '../domain/incident.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { ancestors, durableOwner, related, type Topology } from '../domain/topology.ts'
import { isTrouble } from './flapping.ts'
import { reachAmong, type Reach } from './reach.ts'

/** An open incident, or the durable owner that a new one is opened for. */
export type Home = Incident | ResourceRef

/**
 * Every home with its findings, in the order in which they came. What an open incident has stays there; what is new joins
 * the oldest home of its lineage, else the oldest that it depends on, or that depends on it and had no deeper cause yet.
 * Whose causes are deepest comes first, so that a new incident is opened for them. The order of the findings is nothing.
 */
export function grouped(
  findings: readonly Finding[],
  open: readonly Incident[],
  topology: Topology,
): Map<Home, Finding[]> {
  // Troubles are grouped as if nobody had seen anything unusual: what is merely unusual goes where there is trouble.
  const [suspected, troubled] = partition(open, isSuspicion)
  const [unusual, certain] = partition(findings, isUnusual)
  const groups = groupedAlike(certain, troubled, topology)
  if (unusual.length === 0 && suspected.length === 0) return groups
  const alone = unusual.filter((one) => {
    const home = [...groups].find(([of, others]) => isBeside(one, of, others, topology))
    home?.[1].push(one)
    return home === undefined
  })
  // A home of trouble may have been made just now for the same owner: it has taken what is unusual there.
  return new Map([...groups, ...groupedAlike(alone, suspected, topology)])
}

/** Whether something unusual is of the lineage of an incident, or of anything that is wrong in it. */
function isBeside({ target }: Finding, home: Home, findings: readonly Finding[], topology: Topology): boolean {
  const owner = durableOwner(topology, target)
  const places = [ownerOf(home), ...findings.map((one) => durableOwner(topology, one.target))]
  return places.some((ref) => ref === owner || related(topology, ref, owner))
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))]
}

function groupedAlike(
  findings: readonly Finding[],
  open: readonly Incident[],
  topology: Topology,
): Map<Home, Finding[]> {
  const stays = new Map(open.flatMap((home) => lastFound(home).map(({ fingerprint }) => [fingerprint, home] as const)))
  const isNew = ({ fingerprint }: Finding): boolean => !stays.has(fingerprint)
  const homes = new Map<Finding, Home>()
  const fresh = findings.filter(isNew)
  for (const finding of findings) {
    const home = stays.get(finding.fingerprint)
    if (home) homes.set(finding, home)
  }
  if (fresh.length > 0) settle(fresh, homes, open, topology)
  // New homes in the order in which they were made, whatever the order of the findings: later ones are younger.
  const groups = new Map<Home, Finding[]>([...open, ...homes.values()].map((home) => [home, []]))
  for (const finding of findings) {
    const home = homes.get(finding)
    if (home) groups.get(home)?.push(finding)
  }
  return groups
}

/** Finds a home for each finding that has none, and adds it to the homes. */
function settle(
  fresh: readonly Finding[],
  homes: Map<Finding, Home>,
  open: readonly Incident[],
  topology: Topology,
): void {
  const reach = reachAmong([...homes.keys(), ...fresh].filter(isSeen).map(targetOf), topology)
  const map = new HomeMap(topology, reach)
  for (const incident of open) map.addHome(incident)
  for (const [finding, home] of homes) map.add(finding, home)
  for (const finding of rootsFirst(fresh, reach, topology)) {
    const home = map.homeFor(finding) ?? durableOwner(topology, finding.target)
    homes.set(finding, home)
    map.addHome(home)
    map.add(finding, home)
  }
}

/** What nobody sees, or is only due, explains nothing and is explained by nothing: it goes by lineage alone. */
const isSeen = (finding: Finding): boolean => finding.state === 'violated' && isTrouble(finding)
const targetOf = ({ target }: Finding): ResourceRef => target
const ownerOf = (home: Home): ResourceRef => (typeof home === 'string' ? home : home.owner)

/** The deepest first: fewest unhealthy to rest on, then owners before their parts, then by name. */
function rootsFirst(findings: readonly Finding[], reach: Reach, topology: Topology): Finding[] {
  const keyOf = (finding: Finding): readonly (number | string)[] => {
    const { target, fingerprint } = finding
    const rests = isSeen(finding) ? reach(target).size : Number.MAX_SAFE_INTEGER
    return [rests, ancestors(topology, target).length, target, fingerprint]
  }
  const keys = new Map(findings.map((finding) => [finding, keyOf(finding)]))
  return findings.toSorted((a, b) => compare(keys.get(a) ?? [], keys.get(b) ?? []))
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((one, i) => one !== b[i])
  const [x = 0, y = 0] = [a[at], b[at]]
  return at < 0 ? 0 : x < y ? -1 : 1
}

/** Where everything is at home, for looking up. A class, since it is filled while it is asked. */
class HomeMap {
  readonly #topology: Topology
  readonly #reach: Reach
  /** Homes by age. */
  readonly #ages = new Map<Home, number>()
  /** The oldest home of each target that is an owner in it, and of each that such an owner is part of. */
  readonly #owners = new Map<ResourceRef, Home>()
  readonly #above = new Map<ResourceRef, Home>()
  /** The homes of unhealthy targets. */
  readonly #targets = new Map<ResourceRef, Home>()
  /** Who of those rests on a target. */
  readonly #resting = new Map<ResourceRef, ResourceRef[]>()

  constructor(topology: Topology, reach: Reach) {
    this.#topology = topology
    this.#reach = reach
  }

  addHome(home: Home): void {
    if (this.#ages.has(home)) return
    this.#ages.set(home, this.#ages.size)
    this.#addOwner(ownerOf(home), home)
  }

  add(finding: Finding, home: Home): void {
    const { target } = finding
    const owner = durableOwner(this.#topology, target)
    // What joined by dependency brings its lineage with it.
    if (!related(this.#topology, owner, ownerOf(home))) this.#addOwner(owner, home)
    if (!isSeen(finding)) return
    this.#keepOldest(this.#targets, target, home)
    for (const deeper of this.#reach(target)) {
      this.#resting.set(deeper, [...(this.#resting.get(deeper) ?? []), target])
    }
  }

  homeFor(finding: Finding): Home | undefined {
    const owner = durableOwner(this.#topology, finding.target)
    const line = [owner, ...ancestors(this.#topology, owner)]
    const kin = this.#oldest([this.#above.get(owner), ...line.map((ref) => this.#owners.get(ref))])
    if (kin || !isSeen(finding)) return kin
    const under = [...this.#reach(finding.target)].map((ref) => this.#targets.get(ref))
    const over = (this.#resting.get(finding.target) ?? [])
      .filter((ref) => this.#isUnexplained(ref))
      .map((ref) => this.#targets.get(ref))
    return this.#oldest([...under, ...over])
  }

  /** Its home has nothing yet that it rests on. */
  #isUnexplained(ref: ResourceRef): boolean {
    const home = this.#targets.get(ref)
    return [...this.#reach(ref)].every((deeper) => this.#targets.get(deeper) !== home)
  }

  #addOwner(owner: ResourceRef, home: Home): void {
    this.#keepOldest(this.#owners, owner, home)
    for (const ref of ancestors(this.#topology, owner)) this.#keepOldest(this.#above, ref, home)
  }

  #keepOldest(map: Map<ResourceRef, Home>, ref: ResourceRef, home: Home): void {
    map.set(ref, this.#oldest([map.get(ref), home]) ?? home)
  }

  #oldest(homes: readonly (Home | undefined)[]): Home | undefined {
    const age = (home: Home): number => this.#ages.get(home) ?? Number.MAX_SAFE_INTEGER
    return homes
      .filter((home) => home !== undefined)
      .reduce<Home | undefined>(
        (oldest, home) => (oldest === undefined || age(home) < age(oldest) ? home : oldest),
        undefined,
      )
  }
}
