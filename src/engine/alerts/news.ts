import { setImmediate } from 'node:timers/promises'
import type { KnownAlert } from '../../domain/alert.ts'

/** Of one commit: an entry stays small enough to be hashed and written without keeping others waiting. */
const COMMIT_ALERTS = 500

/** News that is not durable yet. */
export type News = {
  readonly count: number
  /** The newest of a fingerprint, and the promise that it is stored. */
  get(fingerprint: string): { readonly alert: KnownAlert; readonly stored: Promise<void> } | undefined
  /** Resolves once it is written; rejects with why it was not. */
  add(alert: KnownAlert): Promise<void>
}

type Batch = { readonly alerts: KnownAlert[]; readonly stored: PromiseWithResolvers<void> }

/**
 * Gathers news into commits: what comes while one is on its way becomes the next, so that a slow disk makes larger ones.
 */
export function newsQueue(write: (alerts: readonly KnownAlert[]) => Promise<void>): News {
  const waiting: Batch[] = []
  const newest = new Map<string, { readonly alert: KnownAlert; readonly batch: Batch }>()
  let count = 0
  let writing: Promise<void> | undefined

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      // All that this turn of the event loop brings goes together.
      await setImmediate()
      const batch = waiting.shift()
      if (!batch) break
      await write(batch.alerts).then(batch.stored.resolve, batch.stored.reject)
      settle(batch)
    }
    writing = undefined
  }

  function settle(batch: Batch): void {
    count -= batch.alerts.length
    for (const { fingerprint } of batch.alerts) {
      if (newest.get(fingerprint)?.batch === batch) newest.delete(fingerprint)
    }
  }

  return {
    get count() {
      return count
    },
    get: (fingerprint) => {
      const found = newest.get(fingerprint)
      return found && { alert: found.alert, stored: found.batch.stored.promise }
    },
    add: (alert) => {
      let batch = waiting.at(-1)
      if (!batch || batch.alerts.length >= COMMIT_ALERTS) waiting.push((batch = newBatch()))
      batch.alerts.push(alert)
      newest.set(alert.fingerprint, { alert, batch })
      count += 1
      writing ??= writeAll()
      return batch.stored.promise
    },
  }
}

function newBatch(): Batch {
  const stored = Promise.withResolvers<void>()
  // Whoever waits hears of a failure; nobody may be waiting.
  stored.promise.catch(() => {})
  return { alerts: [], stored }
}
