import type { Finding } from '../../domain/finding.ts'
import { lastDue, type Schedule } from '../../domain/schedule.ts'
import type { Detector, Judged, World } from '../world.ts'

/**
 * Maintenance that is due: the newest occurrence of a schedule that nobody has seen to, for as long as its window is open.
 * What was missed is due once, however often it came; where its condition cannot be judged, that is said.
 */
export const scheduleDetector: Detector = {
  name: 'schedule',
  detect: (judged, world) => judged.flatMap((one) => dueNow(one, world)),
}

function dueNow(one: Judged, world: World): Finding[] {
  const { policy, target, fingerprint, judgement } = one
  const { schedule } = policy
  if (!schedule || (schedule.conditional && judgement.state === 'false')) return []
  const since = lastDue(schedule, shareOf(fingerprint), world.now)
  if (since === undefined || !isOpen(since, schedule, fingerprint, world)) return []
  const isBlind = schedule.conditional && judgement.state === 'blind'
  const why = isBlind ? `, and cannot be judged: ${judgement.reason ?? 'it cannot be seen'}` : ''
  return [
    {
      fingerprint,
      policy: policy.name,
      target,
      state: isBlind ? 'blind' : 'violated',
      since,
      severity: policy.severity,
      summary: `${target}: ${policy.name} is due${why}`,
      evidence: judgement.evidence,
      lead: 'schedule',
    },
  ]
}

function isOpen(since: number, schedule: Schedule, fingerprint: string, world: World): boolean {
  if (world.now - since > schedule.windowMs) return false
  if (!schedule.catchUp && since < world.startedAt) return false
  return (world.seenTo?.get(fingerprint) ?? -Infinity) < since
}

/** A fixed place from 0 to 1 for each fingerprint, which is in hexadecimal. */
function shareOf(fingerprint: string): number {
  return Number.parseInt(fingerprint.slice(0, 8), 16) / 2 ** 32
}
