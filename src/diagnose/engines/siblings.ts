import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { descendants, partsIn } from '../../domain/topology.ts'
import { unhealthyOf, type Case, type DiagnosisEngine } from '../diagnose.ts'
import { evidence, pointsOf, presentOf } from '../history.ts'

/** Percent of CPU above which an instance burns, if all its siblings are at least so many points below it. */
const BURNS_AT = 80
const APART = 30
/** With so many times the requests of its siblings it is not burning but working. */
const UNEVEN = 1.5

/**
 * Compares an instance with its siblings, which do the same work: one that alone is short of CPU burns it by itself; where
 * all are, or it has more to do than they, it is load.
 */
export const siblings: DiagnosisEngine = {
  name: 'siblings',
  suggest: (x) =>
    [...new Set(unhealthyOf(x.incident).flatMap((ref) => [ref, ...descendants(x.topology, ref)]))].flatMap((ref) =>
      burning(ref, x),
    ),
}

function burning(target: ResourceRef, x: Case): Hypothesis[] {
  const service = x.topology.get(target)?.partOf
  const others = service === undefined ? [] : partsIn(x.topology, service).filter((ref) => ref !== target)
  const own = presentOf(pointsOf('cpu_utilization', target, x))
  const theirs = presents('cpu_utilization', others, x)
  if (own === undefined || own <= BURNS_AT || theirs.length === 0) return []
  const most = Math.max(...theirs)
  if (most > own - APART || worksMore(target, others, x)) return []
  return [
    {
      cause: 'cpu-burn',
      target,
      confidence: 0.88,
      summary: `${target} alone is short of CPU: its siblings, which do the same work, are not`,
      for: [
        evidence('cpu_utilization', own, x.now, BURNS_AT),
        evidence('cpu_utilization, most of a sibling', most, x.now),
      ],
      against: [],
      recommendation: 'restart it, or take it out of service',
      affected: [target],
    },
  ]
}

function worksMore(target: ResourceRef, others: readonly ResourceRef[], x: Case): boolean {
  const own = presentOf(pointsOf('qps', target, x))
  const theirs = presents('qps', others, x)
  return own !== undefined && theirs.length > 0 && own > UNEVEN * Math.max(...theirs)
}

function presents(metric: string, refs: readonly ResourceRef[], x: Case): number[] {
  return refs.flatMap((ref) => presentOf(pointsOf(metric, ref, x)) ?? [])
}
