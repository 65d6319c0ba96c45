import type { Incident } from '../../domain/incident.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Series, Windows } from '../../domain/signal.ts'
import type { Topology } from '../../domain/topology.ts'
import type { ChangeView } from '../../domain/chart.ts'
import { HOUR_MS, mergedChanges } from './changes.ts'
import { nearbyOf } from './nearby.ts'

/** Ages are measured in whole rounds: two that differ by less tell of one beginning. */
const SAME_MS = 3000

/** Restarts and other configurations that the signals of nearby targets show, by default in the hour before; newest first. */
export function seenChanges(
  incident: Incident,
  { windows, topology }: { readonly windows: Windows; readonly topology: Topology },
  { from, until }: { readonly from: number; readonly until: number } = {
    from: incident.openedAt - HOUR_MS,
    until: incident.openedAt,
  },
): ChangeView[] {
  const isNear = nearbyOf(incident, topology)
  const changes = [...topology.keys()].filter(isNear).flatMap((target): ChangeView[] => {
    const begun = (metric: string): number[] => windows.select(target, metric).flatMap(beginnings)
    const restarts = [...begun('instance_age_seconds'), ...windows.select(target, 'restarts_total').flatMap(rises)]
    return [
      ...restarts.map((at) => ({ at, what: 'restart' as const, target, text: `${target} was started` })),
      ...begun('config_age_seconds').map((at) => configurationOf(target, at)),
    ]
  })
  return mergedChanges(changes.filter(({ at }) => at >= from && at <= until))
}

function configurationOf(target: ResourceRef, at: number): ChangeView {
  return { at, what: 'configuration', target, text: `the configuration of ${target} was changed` }
}

/** When what has an age began, by each of its samples; what has none (0) has not. */
function beginnings(series: Series): number[] {
  const found: number[] = []
  for (let i = 0; i < series.length; i++) {
    const age = series.valueAt(i)
    const at = Math.round(series.timeAt(i) - age * 1000)
    if (age > 0 && !found.some((other) => Math.abs(other - at) <= SAME_MS)) found.push(at)
  }
  return found
}

/** When a count rose. */
function rises(series: Series): number[] {
  const found: number[] = []
  for (let i = 1; i < series.length; i++) {
    if (series.valueAt(i) > series.valueAt(i - 1)) found.push(series.timeAt(i))
  }
  return found
}
