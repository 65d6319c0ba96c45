import type { Hypothesis } from '../../domain/diagnosis.ts'
import { violatedOn, type Evidence, type Finding } from '../../domain/finding.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { related } from '../../domain/topology.ts'
import { comesOfWaiting } from '../causes.ts'
import { isIll, unhealthyOf, type Case, type DiagnosisEngine } from '../diagnose.ts'
import { belowOf, once } from '../walk.ts'

/** How sure it is of a cause that explains everything it could. */
const EXPLAINS_ALL = 0.85
/** What is left of a hypothesis about a target whose trouble a deeper one explains. */
const EXPLAINED = 0.5
/** What is this sure was seen and not inferred (a process that is gone): it needs mending whatever lies below it. */
const SEEN = 0.95

/**
 * The dependency walk: the deepest unhealthy target that explains others. A target rests on its parts and on what it,
 * or an owner of it, depends on. Of targets that rest on each other in a circle none explains another.
 */
export const dependency: DiagnosisEngine = {
  name: 'dependency',

  suggest(x) {
    const walk = walkOf(x)
    const explained = unhealthyOf(x.incident)
      .map((target) => ({ target, roots: walk.rootsOf(target) }))
      .filter(({ roots }) => roots.length > 0)
    const roots = new Map(explained.flatMap((one) => one.roots.map((root) => [root.target, root])))
    return [...roots.values()].map((root): Hypothesis => {
      const affected = explained.filter((one) => one.roots.includes(root)).map(({ target }) => target)
      return {
        cause: 'failing-dependency',
        target: root.target,
        confidence: (EXPLAINS_ALL * affected.length) / explained.length,
        summary: `${root.target} is unhealthy, and ${affected.join(', ')} ${affected.length > 1 ? 'rest' : 'rests'} on it`,
        for: witness(root),
        against: [],
        recommendation: `mend ${root.target} first`,
        affected,
      }
    })
  },

  weigh(said, x) {
    const walk = walkOf(x)
    return said.map((one) => {
      const isLocal = one.confidence >= SEEN || !comesOfWaiting(one.cause)
      // What a target and its parts bring about among themselves is not a matter of dependencies.
      const roots = isLocal
        ? []
        : walk.rootsOf(one.target).filter(({ target }) => !related(x.topology, target, one.target))
      if (roots.length === 0) return one
      const restsOn = roots.map(({ target }) => target)
      const summary = `${one.summary}; likely a symptom: it rests on ${restsOn.join(', ')}`
      const against = [...one.against, ...roots.flatMap(witness)]
      return { ...one, confidence: one.confidence * EXPLAINED, summary, against, restsOn }
    })
  },
}

/** Answers with the unhealthy targets that a target rests on and that rest on no unhealthy one themselves. */
type Walk = { rootsOf(ref: ResourceRef): readonly Finding[] }

// Suggesting and weighing ask of the same case: it is walked once.
const walks = new WeakMap<Case, Walk>()

function walkOf(x: Case): Walk {
  const walk = walks.get(x) ?? walkAnew(x)
  walks.set(x, walk)
  return walk
}

function walkAnew({ incident, elsewhere, topology }: Case): Walk {
  const here = violatedOn(incident.findings)
  const unhealthy = (ref: ResourceRef): Finding | undefined => [...here(ref), ...(elsewhere?.(ref) ?? [])].find(isIll)
  const below = belowOf(topology)
  // Only what it rests on is looked at: thousands may be unhealthy that have nothing to do with it.
  const explaining = once((ref) =>
    [...below(ref)].flatMap((deeper) => (below(deeper).has(ref) ? [] : (unhealthy(deeper) ?? []))),
  )
  return { rootsOf: (ref) => explaining(ref).filter(({ target }) => explaining(target).length === 0) }
}

/** What was seen of an unhealthy target, under its name; that it is unhealthy, where no value came with it. */
function witness({ target, policy, since, evidence }: Finding): Evidence[] {
  const seen = evidence.filter(({ value }) => value !== null)
  if (seen.length === 0) return [{ signal: `${policy} violated on ${target}`, value: 1, at: since }]
  return seen.map((one) => ({ ...one, signal: `${one.signal} of ${target}` }))
}
