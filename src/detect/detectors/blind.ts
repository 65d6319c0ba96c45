import type { Finding } from '../../domain/finding.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { seenUp } from '../../domain/signal.ts'
import { isYoung } from './forecast.ts'
import type { Detector, Judged, World } from '../world.ts'

const DEFAULT_GRACE_MS = 30_000

/**
 * A policy that cannot be judged on a target. A finding that is open stays one until it is seen to be healthy. Anything
 * else is reported only after the grace time, so that a start is no blindness, and not while a violation is in sight
 * that is merely younger than the condition asks for. What is seen to be down reports no numbers of its own: where that is
 * a finding already, their absence is none. What is seen but has too short a past to be foreseen is not blind either.
 */
export const blindDetector: Detector = {
  name: 'blind',
  detect: (judged, world) => {
    const violated = new Set(judged.filter(({ judgement }) => judgement.state === 'true').map(({ target }) => target))
    return judged.filter((one) => isBlind(one, violated, world)).map((one) => blindness(one, world))
  },
}

function isBlind(one: Judged, violated: ReadonlySet<ResourceRef>, world: World): boolean {
  const { judgement, fingerprint, target, policy } = one
  if (judgement.state !== 'blind' || policy.schedule) return false
  if (world.open.has(fingerprint)) return true
  if (violated.has(target) && seenUp(world.windows, target, world.now) === false) return false
  const { graceMs = DEFAULT_GRACE_MS } = world
  if (judgement.since !== undefined || world.now - knownSince(target, world) <= graceMs) return false
  return !isYoung(one, world)
}

function blindness({ policy, target, fingerprint, judgement }: Judged, world: World): Finding {
  const unseen = judgement.evidence.filter(({ value, at }) => value === null && at < world.now)
  return {
    fingerprint,
    policy: policy.name,
    target,
    state: 'blind',
    since: unseen.length > 0 ? Math.min(...unseen.map(({ at }) => at)) : knownSince(target, world),
    severity: policy.severity,
    summary: `${target}: cannot tell whether ${policy.condition}: ${judgement.reason ?? 'it cannot be seen'}`,
    evidence: judgement.evidence,
  }
}

function knownSince(target: Judged['target'], { knownSince, startedAt }: World): number {
  return knownSince?.get(target) ?? startedAt
}
