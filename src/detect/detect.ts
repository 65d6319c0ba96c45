import { createHash } from 'node:crypto'
import { hasUntil, type Condition } from '../domain/condition/ast.ts'
import { judge } from '../domain/condition/evaluate.ts'
import { parseCondition } from '../domain/condition/parse.ts'
import type { Finding } from '../domain/finding.ts'
import type { Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { coveredBy } from '../domain/topology.ts'
import { DETECTORS } from './registry.ts'
import type { Judged, World } from './world.ts'

/** Everything that is wrong, or that nobody can see, at one moment. Pure: the same world gives the same findings. */
export function detect(world: World): Finding[] {
  const judged = world.policies.flatMap((policy) => judgePolicy(policy, world))
  return DETECTORS.flatMap((detector) => detector.detect(judged, world))
}

/** The name of one policy's expectation on one target, the same for ever. */
export function fingerprintOf(policy: string, target: ResourceRef): string {
  const name = `${policy}\n${target}`
  const known = fingerprints.get(name)
  if (known !== undefined) return known
  const made = createHash('sha256').update(name).digest('hex').slice(0, 16)
  remember(fingerprints, name, made)
  return made
}

function judgePolicy(policy: Policy, world: World): Judged[] {
  const condition = conditionOf(policy.condition)
  const { windows, now, aliases } = world
  const params = world.params?.get(policy.name)
  const remembers = hasUntil(condition)
  const judged: Judged[] = []
  for (const target of coveredBy(world.topology, policy.target)) {
    const fingerprint = fingerprintOf(policy.name, target)
    const wasActive = remembers && world.open.has(fingerprint)
    const judgement = judge(condition, {
      windows,
      target,
      now,
      wasActive,
      ...(params && { params }),
      ...(aliases && { aliases }),
    })
    judged.push({ policy, target, fingerprint, judgement })
  }
  return judged
}

function conditionOf(text: string): Condition {
  const known = conditions.get(text)
  if (known) return known
  const made = parseCondition(text)
  remember(conditions, text, made)
  return made
}

// Both are pure functions of their key; a cache that is full is emptied, and fills again with what is still asked for.
const fingerprints = new Map<string, string>()
const conditions = new Map<string, Condition>()
const MAX_REMEMBERED = 100_000

function remember<T>(cache: Map<string, T>, key: string, value: T): void {
  if (cache.size >= MAX_REMEMBERED) cache.clear()
  cache.set(key, value)
}
