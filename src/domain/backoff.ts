import { elapsedMs } from '../lib/clock.ts'
import type { SpentAttempt } from './ledger.ts'
import type { Backoff } from './policy.ts'

/** What went well, or was never applied, is no failure. */
const NO_FAILURE: ReadonlySet<SpentAttempt['outcome']> = new Set(['healed', 'abandoned', undefined])

/**
 * The rest that is due after these attempts on one owner, oldest first, in milliseconds: `baseMs` after one that healed
 * or one that failed, and more with every further failure in a row. A row ends with what healed, and with twice the
 * longest rest in which nothing was tried. Pure.
 */
export function restAfter(
  attempts: readonly SpentAttempt[],
  baseMs: number,
  backoff: Backoff = { factor: 1, maxMs: baseMs },
): number {
  const failures = failuresInARow(attempts, 2 * backoff.maxMs)
  return Math.max(baseMs, Math.min(baseMs * backoff.factor ** Math.max(0, failures - 1), backoff.maxMs))
}

function failuresInARow(attempts: readonly SpentAttempt[], forgottenAfterMs: number): number {
  let failures = 0
  let later: SpentAttempt | undefined
  for (const attempt of attempts.toReversed()) {
    if (attempt.outcome === 'healed') break
    if (NO_FAILURE.has(attempt.outcome)) continue
    if (later && elapsedMs(attempt.endedAt ?? attempt.at, later.at) > forgottenAfterMs) break
    failures += 1
    later = attempt
  }
  return failures
}
