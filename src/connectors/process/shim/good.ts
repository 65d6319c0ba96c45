import { z } from 'zod'
import type { Spec } from '../../../domain/ports.ts'
import { canonical } from '../../../lib/json.ts'
import type { Files } from './files.ts'

type Values = Spec['values']

const Values: z.ZodType<Values> = z.record(z.string(), z.json())

/** How long an instance must have been ready. */
const GOOD_AFTER_MS = 10_000

/** One look: which process, with which values, and whether it can serve. */
export type Look = { readonly identity: string; readonly values: Values; readonly ready: boolean }

/** Since when it has been well without a break: one process with one set of values. */
export type Streak = { readonly of: string; readonly sinceMs: number } | undefined

/** The streak after one more look; anything but the same process on the same values begins a new one. */
export function continued(streak: Streak, { identity, values, ready }: Look, nowMs: number): Streak {
  if (!ready) return undefined
  const of = `${identity} ${canonical(values)}`
  return streak?.of === of ? streak : { of, sinceMs: nowMs }
}

/**
 * Watches for the values on which the instance last was well for long enough, as long as the shim lives; answers what
 * to ask for them. They outlive the shim, also one that is stopped.
 */
export function watchGood(x: {
  readonly files: Files
  readonly goodAfterMs?: number | undefined
  /** Throws where nothing can be said. */
  readonly look: () => Promise<Look>
}): () => Values | undefined {
  const { files, goodAfterMs = GOOD_AFTER_MS } = x
  const text = files.books.load('good')
  let good = text === undefined ? undefined : Values.parse(JSON.parse(text))
  let streak: Streak = undefined
  const once = async (): Promise<void> => {
    const look = await x.look().catch((): undefined => undefined)
    const nowMs = performance.now()
    streak = look && continued(streak, look, nowMs)
    if (!look || !streak || nowMs - streak.sinceMs < goodAfterMs) return
    if (good && canonical(good) === canonical(look.values)) return
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
