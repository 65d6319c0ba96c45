import { z } from 'zod'
import type { Spec } from '../../../domain/ports.ts'
import type { Files } from './files.ts'

type Values = Spec['values']

const Values: z.ZodType<Values> = z.record(z.string(), z.json())

/** How long an instance must have been ready. */
const GOOD_AFTER_MS = 10_000

/** One look: which process, on which values, and whether it can serve. */
export type Look = { readonly identity: string; readonly revision: string; readonly ready: boolean }

/** How long it has been well without a break: one process on one set of values. */
export type Streak = { readonly of: string; readonly sinceMs: number } | undefined

/** The streak after one more look; anything but the same process on the same values begins a new one. */
export function continued(streak: Streak, { identity, revision, ready }: Look, nowMs: number): Streak {
  if (!ready) return undefined
  const of = `${identity} ${revision}`
  return streak?.of === of ? streak : { of, sinceMs: nowMs }
}

/**
 * Watches for the values on which the instance last was well for long enough, as long as the shim lives; answers what
 * to ask for them. They outlive the shim, also one that is stopped.
 */
export function watchGood(x: {
  readonly files: Files
  readonly goodAfterMs?: number | undefined
  /** Undefined where nothing can be said. */
  readonly look: () => Promise<(Look & { readonly values: Values }) | undefined>
}): () => Values | undefined {
  const { files, goodAfterMs = GOOD_AFTER_MS } = x
  const text = files.books.load('good')
  let good = text === undefined ? undefined : Values.parse(JSON.parse(text))
  let streak: Streak
  const once = async (): Promise<void> => {
    const look = await x.look().catch(() => undefined)
    const nowMs = performance.now()
    streak = look && continued(streak, look, nowMs)
    if (!look || !streak || nowMs - streak.sinceMs < goodAfterMs) return
    if (JSON.stringify(good) === JSON.stringify(look.values)) return
    files.books.save('good', JSON.stringify(look.values))
    good = look.values
  }
  const again = (): void => {
    void once()
      .catch((thrown: Error) => files.note(`cannot keep the last good values: ${thrown.message}`))
      .finally(() => setTimeout(again, Math.min(1000, goodAfterMs / 4)).unref())
  }
  again()
  return () => good
}
