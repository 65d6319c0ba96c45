import type { Hand } from '../domain/hand.ts'
import type { Incident } from '../domain/incident.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import type { Engine } from './engine.ts'

/** Who else is at these targets, or at any where none are named: as sources say, and as people said here. */
export function handsNear(
  { ports, incidents }: Pick<Engine, 'ports' | 'incidents'>,
  near?: ReadonlySet<ResourceRef>,
): Hand[] {
  const now = ports.clock.moment()
  const acknowledged = incidents.open().flatMap((incident) => acknowledgedBy(incident, now))
  const isNear = ({ target }: Hand): boolean => !near || target === undefined || near.has(target)
  return [...(ports.hands?.(near) ?? []), ...acknowledged].filter(isNear)
}

/** Whoever has acknowledged an incident, and has not run out of the time that they named. */
export function acknowledgedBy({ id, owner, acknowledged }: Incident, now: Moment): Hand[] {
  if (!acknowledged) return []
  const { by, reason, since, forMs } = acknowledged
  const leftMs = forMs === undefined ? undefined : forMs - elapsedMs(since, now)
  if (leftMs !== undefined && leftMs <= 0) return []
  const until = leftMs === undefined ? {} : { until: now.wallMs + leftMs }
  const ends = `kintsugi release ${id}`
  return [{ kind: 'acknowledged', target: owner, who: by, what: reason, since: since.wallMs, ends, ...until }]
}
