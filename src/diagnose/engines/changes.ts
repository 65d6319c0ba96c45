import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { Case, DiagnosisEngine } from '../diagnose.ts'
import { evidence, onsetOf, pointsOf, type Points } from '../history.ts'

/** Percent. */
const ERROR_LIMIT = 5
/** Trouble that begins within this time after a change is taken to be of it. */
const SOON_MS = 120_000
/** What is measured lags behind what happens by about so much. */
const SLACK_MS = 6000

/**
 * What changed before: a configuration that was followed by errors, where there were none before, is the likelier cause;
 * one that is no news, or that the errors were there before, the less likely one. A restart just before is evidence for
 * what restarts bring: a cache that is cold, a configuration that was read anew.
 */
export const changes: DiagnosisEngine = {
  name: 'changes',
  suggest: () => [],
  weigh: (said, x) =>
    said.map((one) => {
      if (one.cause === 'bad-configuration') return withRestart(weighed(one, x), x)
      return one.cause === 'cold-cache' ? withRestart(one, x) : one
    }),
}

function weighed(one: Hypothesis, x: Case): Hypothesis {
  const age = pointsOf('config_age_seconds', one.target, x).at(-1)
  if (!age) return one
  const changedAt = age.at - age.value * 1000
  const errors = pointsOf('error_rate', one.target, x)
  const before = errors.filter(({ at }) => at < changedAt - SLACK_MS)
  const lasted = before.find(({ value }) => value > ERROR_LIMIT)
  if (lasted) return less(one, 0.3, evidence('error_rate before the change', lasted.value, lasted.at, ERROR_LIMIT))
  const began = beganAt(errors, x)
  const change = evidence(
    'seconds from the change to the errors',
    (began - changedAt) / 1000,
    changedAt,
    SOON_MS / 1000,
  )
  if (began < changedAt - SLACK_MS || began - changedAt > SOON_MS) return less(one, 0.5, change)
  // That it was well before, nobody has seen: it may be as it always was.
  if (before.length === 0) return less(one, 0.6, change)
  return { ...one, confidence: Math.min(0.92, one.confidence * 1.15), for: [...one.for, change] }
}

function beganAt(errors: Points, x: Case): number {
  const lastWell = errors.findLastIndex(({ value }) => value <= ERROR_LIMIT)
  return errors[lastWell + 1]?.at ?? onsetOf(x)
}

function less(one: Hypothesis, factor: number, because: Hypothesis['against'][number]): Hypothesis {
  return { ...one, confidence: one.confidence * factor, against: [...one.against, because] }
}

function withRestart(one: Hypothesis, x: Case): Hypothesis {
  const age = pointsOf('instance_age_seconds', one.target, x).at(-1)
  const sinceMs = age === undefined ? Infinity : age.value * 1000 - (x.now - onsetOf(x))
  if (age === undefined || sinceMs < -SLACK_MS || sinceMs > SOON_MS) return one
  return { ...one, for: [...one.for, evidence('instance_age_seconds', age.value, age.at)] }
}
