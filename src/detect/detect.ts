import { alertNamesIn, alertsIn, hasUntil, needsAlert, type Condition } from '../domain/condition/ast.ts'
import { judge, type Judgement } from '../domain/condition/evaluate.ts'
import { surelyFalse } from '../domain/condition/surely.ts'
import { parseCondition } from '../domain/condition/parse.ts'
import type { Finding } from '../domain/finding.ts'
import type { Policy } from '../domain/policy.ts'
import { covers, type ResourceRef } from '../domain/resource.ts'
import { coveredBy } from '../domain/topology.ts'
import { fingerprintOf } from './fingerprint.ts'
import { DETECTORS } from './registry.ts'
import { remember } from './remember.ts'
import type { Judged, World } from './world.ts'

/** So many targets are judged at a stretch. */
const AT_A_STRETCH = 100

/** Everything that is wrong, or that nobody can see, at one moment. Pure: the same world gives the same findings. */
export function detect(world: World): Finding[] {
  const work = detecting(world)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** The same, a stretch at a time: whoever runs it may let others have their turn in between. */
export function* detecting(world: World): Generator<void, Finding[]> {
  const judged: Judged[] = []
  for (const policy of world.policies) {
    for (const one of judgePolicy(policy, world)) {
      judged.push(one)
      if (judged.length % AT_A_STRETCH === 0) yield
    }
  }
  return DETECTORS.flatMap((detector) => detector.detect(judged, world))
}

const SEEN_FALSE: Judgement = { state: 'false', evidence: [] }

function* judgePolicy(policy: Policy, world: World): Generator<Judged> {
  const condition = conditionOf(policy.condition)
  const { windows, now, aliases, alerts, topology } = world
  const params = world.params?.get(policy.name)
  const remembers = hasUntil(condition) || alertsIn(condition).length > 0
  for (const target of placesOf(policy, condition, world)) {
    const fingerprint = fingerprintOf(policy.name, target)
    const scope = { windows, target, now, ...(params && { params }), ...(aliases && { aliases }) }
    // Whoever looks for a schedule wants to read the values, too.
    if (!policy.schedule && surelyFalse(condition, scope)) {
      yield { policy, target, fingerprint, condition, judgement: SEEN_FALSE }
      continue
    }
    const wasActive = remembers && world.open.has(fingerprint)
    const judgement = judge(condition, { ...scope, wasActive, topology, ...(alerts && { alerts }) })
    yield { policy, target, fingerprint, condition, judgement }
  }
}

/** Where a policy is judged: all that it covers; with a condition that only an alert can make true, where such are, or were. */
function placesOf({ target: pattern }: Policy, condition: Condition, world: World): Iterable<ResourceRef> {
  const { topology, alerts, open, openOn } = world
  if (!needsAlert(condition) || (open.size > 0 && !openOn)) return coveredBy(topology, pattern)
  const names = alertNamesIn(condition) ?? [undefined]
  const places = new Set(openOn)
  for (const name of names) for (const target of alerts?.targets(name) ?? []) places.add(target)
  for (const target of places) if (!topology.has(target) || !covers(pattern, target)) places.delete(target)
  return places
}

function conditionOf(text: string): Condition {
  const known = conditions.get(text)
  if (known) return known
  const made = parseCondition(text)
  remember(conditions, text, made)
  return made
}

const conditions = new Map<string, Condition>()
