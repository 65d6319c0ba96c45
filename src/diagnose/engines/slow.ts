import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/finding.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { ancestors, dependents, descendants, partsIn } from '../../domain/topology.ts'
import { unhealthyOf, type Case, type DiagnosisEngine } from '../diagnose.ts'
import { evidence, onsetOf, pastOf, pointsOf, presentOf } from '../history.ts'
import { belowOf } from '../walk.ts'

/** Milliseconds: slow where nobody knows what it was before. */
const SLOW_MS = 100
/** Slow against its own past: so many times, and so many milliseconds more. */
const SLOWER = 2
const LEAST_MORE_MS = 20

/**
 * The walk by latency: who asks is slow, and what it asks is slow itself, whether or not anybody complains of that. The
 * deepest is the cause; a service, where all its parts are slow.
 */
export const slow: DiagnosisEngine = {
  name: 'slow',
  suggest(x) {
    const below = belowOf(x.topology)
    const deepest = new Map<ResourceRef, ResourceRef[]>()
    const unwell = unhealthyOf(x.incident)
    const lines = new Set(unwell.flatMap((ref) => [ref, ...ancestors(x.topology, ref)]))
    // Whoever rests on the unwell may wait before anybody complains of that; of them only the unwell itself is learned.
    const asking = new Set([...unwell, ...[...lines].flatMap((ref) => dependents(x.topology, ref))])
    for (const target of asking) {
      const own = [target, ...descendants(x.topology, target)]
      if (!own.some((ref) => slownessOf(ref, x))) continue
      const mayBe = unwell.includes(target) ? below(target) : lines
      const found = [...mayBe].filter((ref) => !own.includes(ref) && below(target).has(ref) && slownessOf(ref, x))
      for (const ref of found) {
        const isDeepest = !found.some(
          (other) => below(ref).has(other) && !below(other).has(ref) && !isPart(other, ref, x),
        )
        if (isDeepest) deepest.set(ref, [...(deepest.get(ref) ?? []), target])
      }
    }
    return [...wholes(deepest, x)].flatMap(([ref, waiting]) => causeOf(ref, waiting, x))
  },
}

function isPart(part: ResourceRef, whole: ResourceRef, { topology }: Case): boolean {
  return topology.get(part)?.partOf === whole
}

/** Instead of all parts of a service, the service. */
function wholes(found: ReadonlyMap<ResourceRef, ResourceRef[]>, x: Case): Map<ResourceRef, ResourceRef[]> {
  const merged = new Map<ResourceRef, ResourceRef[]>()
  for (const [ref, waiting] of found) {
    const service = x.topology.get(ref)?.partOf
    const parts = service === undefined ? [] : partsIn(x.topology, service)
    const all = parts.length > 1 && parts.every((part) => found.has(part))
    merged.set(all && service !== undefined ? service : ref, waiting)
  }
  return merged
}

function causeOf(target: ResourceRef, waiting: readonly ResourceRef[], x: Case): Hypothesis[] {
  const seen = [target, ...descendants(x.topology, target)].flatMap((ref) => slownessOf(ref, x) ?? [])
  return [
    {
      cause: 'slow-dependency',
      target,
      confidence: 0.87,
      summary: `${target} is slow, and ${waiting.join(', ')} ${waiting.length > 1 ? 'wait' : 'waits'} for it`,
      for: seen,
      against: [],
      recommendation: `mend ${target} first; until then, wait for it less`,
      affected: waiting,
    },
  ]
}

function slownessOf(ref: ResourceRef, x: Case): Evidence | undefined {
  const points = pointsOf('latency_ms', ref, x)
  const [present, past] = [presentOf(points), pastOf(points, onsetOf(x))]
  const limit = past === undefined ? SLOW_MS : Math.max(SLOWER * past, past + LEAST_MORE_MS)
  return present !== undefined && present > limit
    ? evidence(`latency_ms of ${ref}`, present, points.at(-1)?.at ?? x.now, limit)
    : undefined
}
