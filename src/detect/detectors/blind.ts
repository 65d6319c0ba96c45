import type { Finding } from '../../domain/finding.ts'
import type { Detector, Judged, World } from '../world.ts'

const DEFAULT_GRACE_MS = 30_000

/**
 * A policy that cannot be judged on a target. A finding that is open stays one until it is seen to be healthy. Anything
 * else is reported only after the grace time, so that a start is no blindness, and not while a violation is in sight
 * that is merely younger than the condition asks for.
 */
export const blindDetector: Detector = {
  name: 'blind',
  detect: (judged, world) => judged.filter((one) => isBlind(one, world)).map((one) => blindness(one, world)),
}

function isBlind({ judgement, fingerprint, target, policy }: Judged, world: World): boolean {
  if (judgement.state !== 'blind' || policy.schedule) return false
  if (world.open.has(fingerprint)) return true
  const { graceMs = DEFAULT_GRACE_MS } = world
  return judgement.since === undefined && world.now - knownSince(target, world) > graceMs
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
