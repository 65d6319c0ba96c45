import { correlate, type Change } from '../src/correlate/correlate.ts'
import type { Ended } from '../src/correlate/flapping.ts'
import type { Finding } from '../src/domain/finding.ts'
import { nextIncident } from '../src/domain/incident-fold.ts'
import type { Incident } from '../src/domain/incident.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import type { Topology } from '../src/domain/topology.ts'
import { TOPOLOGY } from './gate-world.ts'

export function findingOn(target: ResourceRef, more: Partial<Finding> = {}): Finding {
  return {
    fingerprint: `up ${target}`,
    policy: 'up',
    target,
    state: 'violated',
    since: 0,
    severity: 'high',
    summary: `${target} is down`,
    evidence: [],
    ...more,
  }
}

let opened = 0

/** Every incident that the changes touch, as the engine would record and fold it. */
function applied(open: readonly Incident[], changes: readonly Change[], now: number): Incident[] {
  const at = { wallMs: now, bootMs: now, bootId: 'b' }
  const known = new Map(open.map((incident) => [incident.id, incident]))
  for (const change of changes) {
    const id = change.do === 'open' ? `inc-${(opened += 1)}` : change.incident
    const kind = ({ open: 'incident-opened', update: 'incident-changed', close: 'incident-closed' } as const)[change.do]
    const next = nextIncident(known.get(id), { incident: id, at, body: { kind, ...change } as never })
    if (next) known.set(id, next)
  }
  return [...known.values()]
}

/** The incidents after one look at the world, those that it closed among them. */
export function look(
  open: readonly Incident[],
  findings: readonly Finding[],
  x: { readonly topology?: Topology; readonly now?: number; readonly ended?: readonly Ended[] } = {},
): Incident[] {
  const { topology = TOPOLOGY, now = 0, ended = [] } = x
  return applied(open, correlate({ open, findings, topology, now, ended }), now)
}

/** The incidents that are open after one look at the world. */
export function step(
  open: readonly Incident[],
  findings: readonly Finding[],
  topology: Topology = TOPOLOGY,
): Incident[] {
  return look(open, findings, { topology }).filter(({ status }) => status !== 'resolved')
}
