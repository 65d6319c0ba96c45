import type { z } from 'zod'
import type { Backoff } from '../domain/policy.ts'
import { durationText } from '../lib/duration.ts'
import { duration, either, factor, period, section } from './leaves.ts'
import type { Path } from './problems.ts'
import type { Scope } from './scope.ts'

/** The rest after an attempt; with more, how it grows while attempts do not heal. Times are milliseconds. */
export type CooldownSection = number | { base?: number; factor?: number; max?: number }

export const cooldown: z.ZodType<CooldownSection> = either(
  duration,
  section({
    base: duration.exactOptional(),
    factor: factor.exactOptional(),
    max: period.exactOptional(),
  }),
)

const FACTOR = 2
const MAX_MS = 6 * 3_600_000

/** Where nothing is said, every further failure doubles the rest, up to six hours, or to the base where that is longer. */
export function cooldownOf(
  section: CooldownSection | undefined,
  path: Path,
  { defaults, problems }: Pick<Scope, 'defaults' | 'problems'>,
): { readonly cooldownMs: number; readonly backoff: Backoff } {
  const { base = defaults.cooldownMs, factor = FACTOR, max } = typeof section === 'object' ? section : { base: section }
  if (max !== undefined && max < base) {
    problems.push({
      path: [...path, 'cooldown', 'max'],
      message: `must not be shorter than the base, ${durationText(base)}`,
    })
  }
  return { cooldownMs: base, backoff: { factor, maxMs: max ?? Math.max(MAX_MS, base) } }
}
