import type { Finding, Severity } from '../domain/finding.ts'
import { openAttempt } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import { partsOf, type ResourceRef } from '../domain/resource.ts'
import { durableOwner, related, type Topology } from '../domain/topology.ts'

/** What has to change about the open incidents for them to say what the findings say. */
export type Change =
  | {
      readonly do: 'open'
      readonly owner: ResourceRef
      readonly severity: Severity
      readonly findings: readonly Finding[]
    }
  | {
      readonly do: 'update'
      readonly incident: string
      readonly severity: Severity
      readonly findings: readonly Finding[]
    }
  | { readonly do: 'close'; readonly incident: string; readonly endedBy: NonNullable<Incident['endedBy']> }

/**
 * Findings on one durable owner, its parts or its owners belong to one incident. Level-triggered: called with the same
 * world again it answers nothing. An incident without findings closes once no run of it is under way.
 */
export function correlate(x: {
  readonly findings: readonly Finding[]
  readonly open: readonly Incident[]
  readonly topology: Topology
}): Change[] {
  const groups = grouped(x.findings, x.open, x.topology)
  const opened = [...groups]
    .filter(([home]) => typeof home === 'string')
    .map(([owner, findings]): Change => ({
      do: 'open',
      owner: owner as ResourceRef,
      severity: worst(findings),
      findings,
    }))
  const updates = x.open.flatMap((incident) => updateOf(incident, groups.get(incident) ?? [], x.topology))
  return [...updates, ...opened]
}

/** An open incident, or the durable owner that a new one is opened for. */
type Home = Incident | ResourceRef

/** Every finding with the first home that its owner is related to: the open ones by age, then those just found. */
function grouped(findings: readonly Finding[], open: readonly Incident[], topology: Topology): Map<Home, Finding[]> {
  const groups = new Map<Home, Finding[]>(open.map((incident) => [incident, []]))
  for (const finding of findings) {
    const owner = durableOwner(topology, finding.target)
    const home = [...groups.keys()].find((one) => related(topology, ownerOf(one), owner)) ?? owner
    groups.set(home, [...(groups.get(home) ?? []), finding])
  }
  return groups
}

function ownerOf(home: Home): ResourceRef {
  return typeof home === 'string' ? home : home.owner
}

function updateOf(incident: Incident, findings: readonly Finding[], topology: Topology): Change[] {
  if (findings.length === 0 && !openAttempt(incident)) {
    if (!incident.findings.every(({ target }) => isLookedAfter(target, topology))) return []
    return [{ do: 'close', incident: incident.id, endedBy: endedBy(incident, topology) }]
  }
  if (sameFindings(incident.findings, findings)) return []
  return [
    {
      do: 'update',
      incident: incident.id,
      severity: findings.length === 0 ? incident.severity : worst(findings),
      findings,
    },
  ]
}

/** Some target of its connector is known: a connector that has not looked yet proves nothing about what is gone. */
function isLookedAfter(target: ResourceRef, topology: Topology): boolean {
  const { connector } = partsOf(target)
  return [...topology.keys()].some((ref) => partsOf(ref).connector === connector)
}

/** The same expectations in the same state: newer evidence alone is no news. */
function sameFindings(a: readonly Finding[], b: readonly Finding[]): boolean {
  const keys = (findings: readonly Finding[]): string =>
    findings
      .map(({ fingerprint, state }) => `${fingerprint} ${state}`)
      .sort()
      .join()
  return keys(a) === keys(b)
}

function endedBy({ attempts, findings }: Incident, topology: Topology): NonNullable<Incident['endedBy']> {
  // A target that is gone resolves by silence: nobody knows that its users are well.
  if (findings.some(({ target }) => !topology.has(target))) return 'unknown'
  if (attempts.every(({ outcome }) => outcome === 'abandoned')) return 'itself'
  return attempts.at(-1)?.outcome === 'healed' || attempts.at(-1)?.outcome === 'helped' ? 'kintsugi' : 'unknown'
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'warning', 'info']

function worst(findings: readonly Finding[]): Severity {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'info'
}
