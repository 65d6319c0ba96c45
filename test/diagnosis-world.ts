import type { Case } from '../src/diagnose/diagnose.ts'
import type { Finding } from '../src/domain/finding.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import type { Series, Windows } from '../src/domain/signal.ts'
import type { Topology, TopologyNode } from '../src/domain/topology.ts'
import { TOPOLOGY, WEB, WEB_1 } from './gate-world.ts'

export const NOW = 100_000
export const INTERVAL_MS = 1000

/** One series of a case: its values, oldest first, the last so many milliseconds ago. */
export type Seen = {
  readonly target: ResourceRef
  readonly metric: string
  readonly values: readonly number[]
  readonly agoMs?: number
}

function windowsOf(all: readonly Seen[]): Windows {
  return {
    select: (target, metric) => all.filter((one) => one.target === target && one.metric === metric).map(seriesOf),
  }
}

function seriesOf({ target, metric, values, agoMs = 0 }: Seen): Series {
  return {
    metric,
    target,
    labels: {},
    intervalMs: INTERVAL_MS,
    length: values.length,
    timeAt: (i) => NOW - agoMs - (values.length - 1 - i) * INTERVAL_MS,
    valueAt: (i) => values[i] ?? Number.NaN,
  }
}

export function finding(target: ResourceRef, state: Finding['state'] = 'violated'): Finding {
  return {
    fingerprint: `f ${target}`,
    policy: 'up',
    target,
    state,
    since: 0,
    severity: 'high',
    summary: '',
    evidence: [],
  }
}

/** An incident of the web service. */
export function caseOf(
  seen: readonly Seen[],
  findings: readonly Finding[] = [finding(WEB_1)],
  topology: Topology = TOPOLOGY,
): Case {
  return {
    incident: {
      id: 'inc-1',
      owner: WEB,
      findings,
      attempts: [],
      waitingFor: [],
      openedAt: 0,
      status: 'open',
      severity: 'high',
    },
    topology,
    windows: windowsOf(seen),
    now: NOW,
  }
}

export function node(ref: ResourceRef, more: Partial<TopologyNode> = {}): TopologyNode {
  return { ref, dependsOn: [], durable: true, sharedFate: [], ...more }
}
