import type { AttemptLimit, Policy } from '../../../src/domain/policy.ts'
import type { Severity } from '../../../src/domain/finding.ts'
import type { Schedule } from '../../../src/domain/schedule.ts'
import type { Format } from '../../format.ts'
import { whenOf } from './shape.ts'
import type { words as dictionary } from './words.ts'

/** A policy's rules as sentences, in one language. */

type Words = (typeof dictionary)['en']
type Speech = { readonly words: Words; readonly format: Pick<Format, 'duration' | 'number'> }

/** When it is due, and what becomes of what is missed. */
export function scheduleTold(schedule: Schedule, { words, format }: Speech): readonly string[] {
  const { jitterMs, windowMs, catchUp, conditional } = schedule
  return [
    whenTold(schedule.every, { words, format }),
    ...(jitterMs > 0 ? [words.jitter(format.duration(jitterMs))] : []),
    words.window(format.duration(windowMs)),
    catchUp ? words.catchUp : words.noCatchUp,
    ...(conditional ? [words.conditional] : []),
  ]
}

function whenTold(every: Schedule['every'], { words, format }: Speech): string {
  const when = whenOf(every)
  switch (when.kind) {
    case 'every':
      return words.every(format.duration(when.ms))
    case 'daily':
      return words.daily(when.time, when.timeZone)
    case 'weekly':
      return words.weekly(when.day, when.time, when.timeZone)
    case 'monthly':
      return words.monthly(when.day, when.time, when.timeZone)
    case 'cron':
      return words.cron(when.cron, when.timeZone)
  }
}

/** How often it may act; its own limit stands beside those of all. */
export function limitsTold({ cooldownMs, limit }: Pick<Policy, 'cooldownMs' | 'limit'>, x: Speech): readonly string[] {
  const { words, format } = x
  return [words.cooldown(format.duration(cooldownMs)), ...(limit ? [limitTold(limit, x)] : []), words.noLimit]
}

function limitTold({ attempts, withinMs, latches }: AttemptLimit, { words, format }: Speech): string {
  const text = words.limit(attempts, format.duration(withinMs))
  return latches ? words.latching(text) : text
}

/** When it asks a person though it might act by itself. */
export function approvalTold(
  { approval }: Pick<Policy, 'approval'>,
  { words, format, severity }: Speech & { readonly severity: Readonly<Record<Severity, string>> },
): readonly string[] {
  if (!approval) return [words.approvalNever]
  const { above, severities, withinMs } = approval
  return [
    words.approvalAbove(format.number(above)),
    ...(severities.length > 0 ? [words.approvalSeverity(severities.map((each) => severity[each]))] : []),
    words.approvalWithin(format.duration(withinMs)),
  ]
}

/** What must be seen before a run counts as having healed. */
export function verifyTold({ verify }: Pick<Policy, 'verify'>, { words, format }: Speech): string {
  const { healthyForMs, withinMs, blindForMs } = verify
  return words.verifyRule(format.duration(healthyForMs), format.duration(withinMs), format.duration(blindForMs))
}
