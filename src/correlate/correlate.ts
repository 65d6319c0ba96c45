import type { Finding, Severity } from '../domain/finding.ts'
import { isSuspicion, isUnusual, lastFound } from '../domain/grounds.ts'
import { openAttempt } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { isLookedAfter, type Topology } from '../domain/topology.ts'
import { endedByOf } from '../domain/credit.ts'
import { aloneBefore, isTrouble, quietMs, returnsAfter, type Ended } from './flapping.ts'
import { grouped } from './group.ts'

/** What has to change about the open incidents for them to say what the findings say. */
export type Change =
  | {
      readonly do: 'open'
      readonly owner: ResourceRef
      readonly severity: Severity
      readonly findings: readonly Finding[]
      readonly returns?: number
      readonly alone?: readonly number[]
    }
  | {
      readonly do: 'update'
      readonly incident: string
      readonly severity: Severity
      readonly findings: readonly Finding[]
    }
  | { readonly do: 'close'; readonly incident: string; readonly endedBy: NonNullable<Incident['endedBy']> }

/**
 * Findings that belong together are one incident: on one durable owner, its parts or its owners, or one resting on the
 * other by dependencies that are all unhealthy. Level-triggered: called with the same world again it answers nothing. An
 * incident without findings closes once no run of it is under way and, where it flaps, it has been quiet for a while.
 */
export function correlate(x: Correlating): Change[] {
  const groups = grouped(x.findings, x.open, x.topology)
  const returnsOf = returnsAfter(x.ended ?? [], x.topology, x.now)
  const updates = x.open.flatMap((incident) => updateOf(incident, groups.get(incident) ?? [], x))
  const opened = [...groups].flatMap(([home, findings]): Change[] => {
    if (typeof home !== 'string') return []
    // What trouble leaves behind looks unusual for a while, and is no news.
    if (findings.every(isUnusual) && returnsOf(home) !== undefined) return []
    const returns = findings.some(isTrouble) ? returnsOf(home) : undefined
    const severity = worst(findings)
    const alone = returns === undefined ? undefined : aloneBefore(x.ended ?? [], home, x.now)
    const before = { ...(returns !== undefined && { returns }), ...(alone && { alone }) }
    return [{ do: 'open', owner: home, severity, findings, ...before }]
  })
  return [...updates, ...opened]
}

type Correlating = {
  readonly findings: readonly Finding[]
  readonly open: readonly Incident[]
  /** What has ended of late: what comes back is known by it. */
  readonly ended?: readonly Ended[]
  readonly topology: Topology
  /** Epoch milliseconds. */
  readonly now: number
}

function updateOf(incident: Incident, all: readonly Finding[], { topology, now }: Correlating): Change[] {
  const { id, quiet } = incident
  // Nothing that is merely unusual keeps trouble open.
  const findings = all.every(isUnusual) && !isSuspicion(incident) ? [] : all
  if (findings.length === 0 && !openAttempt(incident)) {
    if (!lastFound(incident).every(({ target }) => isLookedAfter(topology, target))) return []
    const restMs = quietMs(incident)
    const close: Change = { do: 'close', incident: id, endedBy: endedBy(incident, topology) }
    if (restMs === 0 || (quiet && now - quiet.since >= restMs)) return [close]
  }
  if (sameFindings(incident.findings, findings, now)) return []
  return [
    { do: 'update', incident: id, severity: findings.length === 0 ? incident.severity : worst(findings), findings },
  ]
}

/** The same expectations in the same state, as grave: newer evidence alone is no news, save that what is foreseen comes much sooner. */
function sameFindings(a: readonly Finding[], b: readonly Finding[], now: number): boolean {
  if (a.length !== b.length) return false
  const before = new Map(a.map((finding) => [finding.fingerprint, finding]))
  return b.every((finding) => {
    const was = before.get(finding.fingerprint)
    return was?.state === finding.state && was.severity === finding.severity && !isMuchSooner(finding, was, now)
  })
}

/** Less than half of the time is left that was thought to be. */
function isMuchSooner({ dueAt }: Finding, was: Finding, now: number): boolean {
  return dueAt !== undefined && was.dueAt !== undefined && dueAt - now < (was.dueAt - now) / 2
}

function endedBy(incident: Incident, topology: Topology): NonNullable<Incident['endedBy']> {
  const { attempts, flapping } = incident
  // A target that is gone resolves by silence: nobody knows that its users are well.
  if (lastFound(incident).some(({ target }) => !topology.has(target))) return 'unknown'
  return endedByOf(attempts, flapping?.settled ?? 0)
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'warning', 'info']

function worst(findings: readonly Finding[]): Severity {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'info'
}
