import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/finding.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { durableOwner, partsIn } from '../../domain/topology.ts'
import { unhealthyOf, type Case, type DiagnosisEngine } from '../diagnose.ts'
import { evidence, onsetOf, pastOf, pointsOf, presentOf, trafficGrowth } from '../history.ts'
import { belowOf } from '../walk.ts'

/** Percent: an instance that uses so much CPU is at its limit. */
const CPU_LIMIT = 80
const ERROR_LIMIT = 5
/** So many times its own past is slow. */
const SLOWER = 2
/** So many times its own past is more traffic. */
const MORE = 1.3

type Strained = {
  readonly service: ResourceRef
  readonly growth: number
  readonly how: readonly Evidence[]
  readonly byCpu: boolean
}

/**
 * Traffic above what a service carries: every instance of it is near its limits, while its traffic rose against its own
 * past. Of services that only wait, the deepest.
 */
export const load: DiagnosisEngine = {
  name: 'load',
  suggest(x) {
    const services = new Set(unhealthyOf(x.incident).map((ref) => durableOwner(x.topology, ref)))
    const strained = [...services].flatMap((service) => strainOf(service, x))
    const below = belowOf(x.topology)
    return strained
      .filter(({ service, byCpu }) => byCpu || !strained.some((other) => below(service).has(other.service)))
      .map((one) => overload(one, x.now))
  },
}

function overload({ service, growth, how }: Strained, now: number): Hypothesis {
  return {
    cause: 'overload',
    target: service,
    confidence: 0.88,
    summary: `${service} has more traffic than its instances carry, all of them`,
    for: [evidence('qps, times its own past', growth, now, MORE), ...how],
    against: [],
    recommendation: 'add instances, or limit the rate',
    affected: [service],
  }
}

function strainOf(service: ResourceRef, x: Case): Strained[] {
  const growth = trafficGrowth(service, x)
  if (growth === undefined || growth < MORE) return []
  const parts = partsIn(x.topology, service).filter((ref) => pointsOf('qps', ref, x).length > 0)
  const all = (parts.length > 0 ? parts : [service]).map((ref) => strainsOf(ref, x))
  if (!all.every((strains) => strains.length > 0)) return []
  const byCpu = all.every((strains) => strains.some(({ signal }) => signal.startsWith('cpu_utilization')))
  return [{ service, growth, how: all.flat(), byCpu }]
}

/** In which ways a target is near its limits. */
function strainsOf(ref: ResourceRef, x: Case): Evidence[] {
  const over = (metric: string, limit: number | undefined): Evidence[] => {
    const value = presentOf(pointsOf(metric, ref, x))
    return value !== undefined && limit !== undefined && value > limit
      ? [evidence(`${metric} of ${ref}`, value, x.now, limit)]
      : []
  }
  const past = pastOf(pointsOf('latency_ms', ref, x), onsetOf(x))
  return [
    ...over('cpu_utilization', CPU_LIMIT),
    ...over('error_rate', ERROR_LIMIT),
    ...over('latency_ms', past === undefined ? undefined : past * SLOWER),
  ]
}
