import { covers, partsOf, type ResourceRef } from './resource.ts'
import type { Footing } from './self.ts'
import { ancestors, descendants, type Topology, type TopologyNode } from './topology.ts'

/** What is known of this process and its place, as it sees them itself. */
export type Standing = {
  /** What this machine is called. */
  readonly hostnames: readonly string[]
  /** The machine's own addresses, loopback included. */
  readonly addresses: readonly string[]
  /** Where this process listens, as `host:port`; port 0 is nowhere. */
  readonly listens: string
  /** `bootId/pid/startTime` of this process and of those that it is a child of. */
  readonly identities: readonly string[]
  /** What the disk under the record is called: its device. */
  readonly disks: readonly string[]
  /** Where it reads from, each under the operator's word for it. */
  readonly sources: readonly { readonly name: string; readonly url: string }[]
  /** What the operator declares that it stands on, as targets or patterns. */
  readonly standsOn: readonly string[]
}

/** What connectors know of targets, as far as it can be compared with a {@link Standing}. */
export type Seen = {
  readonly topology: Topology
  /** As `host:port`. */
  readonly addresses: ReadonlyMap<ResourceRef, string>
  /** `bootId/pid/startTime`, of targets that are processes of this machine. */
  readonly identities: ReadonlyMap<ResourceRef, string>
}

const HOSTS: ReadonlySet<string> = new Set(['host', 'node', 'machine', 'vm'])
const DISKS: ReadonlySet<string> = new Set(['disk', 'filesystem', 'volume'])
/** What much else is in, or on: to act on one of its parts is not to act on it. */
const PLACES: ReadonlySet<string> = new Set([...HOSTS, ...DISKS, 'namespace', 'zone', 'cluster'])

/**
 * The targets that a Kintsugi of this standing stands on: itself, its machine, the disk of its record, its sources, what
 * is declared, and what all of these depend on or are part of. A target that only shares a place with it is none of them.
 */
export function footingOf(standing: Standing, seen: Seen): readonly Footing[] {
  const { topology } = seen
  const found = new Map<ResourceRef, string>()
  const whole = new Set<ResourceRef>()
  const open: ResourceRef[] = []
  /** `isWhole`: its parts are meant with it. */
  const add = (ref: ResourceRef, what: string, isWhole: boolean): void => {
    if (found.has(ref) && (!isWhole || whole.has(ref))) return
    if (!found.has(ref)) found.set(ref, what)
    if (isWhole) whole.add(ref)
    open.push(ref)
  }
  for (const [ref, what] of rootsOf(standing, seen)) add(ref, what, true)
  // A list hands out what is added to it while it is walked.
  for (const ref of open) {
    for (const owner of ancestors(topology, ref)) add(owner, `it holds ${ref}`, false)
    for (const on of topology.get(ref)?.dependsOn ?? []) add(on, `${ref} depends on it`, true)
    const parts = whole.has(ref) && !PLACES.has(partsOf(ref).kind) ? descendants(topology, ref) : []
    for (const part of parts) add(part, `a part of ${ref}`, true)
  }
  return [...found].map(([target, what]) => ({ target, what }))
}

function rootsOf(standing: Standing, { topology, addresses, identities }: Seen): [ResourceRef, string][] {
  const here = hereOf(standing)
  const nodes = [...topology.values()]
  const places = [...addresses].map(([ref, address]) => ({ ref, place: placeOf(address, here) }))
  const at = (place: string | undefined): ResourceRef[] =>
    place === undefined ? [] : places.filter((one) => one.place === place).map(({ ref }) => ref)
  const own = [
    ...[...identities].filter(([, identity]) => standing.identities.includes(identity)).map(([ref]) => ref),
    ...at(placeOf(standing.listens, here)),
  ]
  const hosts = nodes.filter((node) => isHost(node, addresses.get(node.ref), here)).map(({ ref }) => ref)
  const fates = new Set(own.flatMap((ref) => topology.get(ref)?.sharedFate ?? []))
  const as = (what: string, refs: readonly ResourceRef[]): [ResourceRef, string][] => refs.map((ref) => [ref, what])
  return [
    ...as('this very process', own),
    ...as('the machine that this process runs on', hosts),
    ...as(
      'what this process shares its fate with',
      nodes.map(({ ref }) => ref).filter((ref) => [...fates].some((fate) => isCalled(ref, fate))),
    ),
    ...as(
      'the disk that the record is on',
      nodes.filter((node) => isOwnDisk(node, hosts, standing, topology)).map(({ ref }) => ref),
    ),
    ...standing.sources.flatMap(({ name, url }) => as(`${name}, which it reads`, at(placeOf(url, here)))),
    ...standing.standsOn.flatMap((pattern) =>
      as(
        'declared under standsOn',
        nodes.map(({ ref }) => ref).filter((ref) => covers(pattern, ref)),
      ),
    ),
  ]
}

/** A name of shared fate, such as `host/a`, is that of a target, in full or by its last two parts. */
function isCalled(ref: ResourceRef, fate: string): boolean {
  return ref === fate || ref.endsWith(`/${fate}`)
}

function isHost({ ref }: TopologyNode, address: string | undefined, here: ReadonlySet<string>): boolean {
  const { kind, name } = partsOf(ref)
  if (!HOSTS.has(kind)) return false
  return here.has(name.toLowerCase()) || (address !== undefined && placeOf(address, here)?.startsWith(HERE) === true)
}

/** Disks of other machines have the same names: it is ours only where it is known to be of this machine. */
function isOwnDisk(
  { ref, sharedFate }: TopologyNode,
  hosts: readonly ResourceRef[],
  { disks, hostnames }: Standing,
  topology: Topology,
): boolean {
  const { kind, name } = partsOf(ref)
  if (!DISKS.has(kind)) return false
  if (hostnames.some((host) => disks.some((disk) => name === `${host}-${disk}`))) return true
  const isHere =
    ancestors(topology, ref).some((owner) => hosts.includes(owner)) ||
    hostnames.some((host) => sharedFate.some((fate) => [...HOSTS].some((word) => fate === `${word}/${host}`)))
  return isHere && disks.includes(name)
}

const HERE = 'here:'
const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '::1', '0.0.0.0', '::']

function hereOf({ hostnames, addresses }: Standing): ReadonlySet<string> {
  return new Set([...LOOPBACK, ...hostnames, ...addresses].map((name) => name.toLowerCase()))
}

/** A URL, or `host:port`, as something that is the same for the same place; undefined where it is none. */
function placeOf(text: string, here: ReadonlySet<string>): string | undefined {
  const url = URL.parse(text.includes('://') ? text : `tcp://${text}`)
  if (!url) return undefined
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  const port = url.port || { 'http:': '80', 'https:': '443' }[url.protocol]
  if (host === '' || port === undefined || port === '0') return undefined
  const isHere = here.has(host) || host.startsWith('127.')
  return isHere ? `${HERE}${port}` : `${host}:${port}`
}

/** Whether two URLs lead to the same host and port, as they are written. */
export function isSamePlace(a: string, b: string): boolean {
  const none: ReadonlySet<string> = new Set(LOOPBACK)
  const place = placeOf(a, none)
  return place !== undefined && place === placeOf(b, none)
}
