import { KEYS_KEPT, RefusedError, refuseHold, UnfitError, type Document, type SpecOrder } from './protocol.ts'
import type { Kept } from './schema.ts'

type Wish = Pick<Kept, 'wanted' | 'replica'>

/**
 * Whether a standby instance is wanted, as a document of one value, `running`. What is wanted is kept first and done
 * then, so that a crash in between, of shim or instance, changes nothing of the wish. Every order counts as a change,
 * also one to what is so already: of two that were decided on the same look, one is refused.
 */
export function replicaDocument(x: {
  readonly wish: () => Wish
  /** Keeps it on disk. */
  readonly keep: (wish: Wish) => void
  /** Makes it so. */
  readonly settle: () => Promise<void>
}): Document {
  const read = (): { revision: string; values: { running: boolean } } => {
    const { wanted, replica } = x.wish()
    return { revision: String(replica.revision), values: { running: wanted } }
  }
  return {
    read: async () => read(),
    patch: async (order) => {
      refuseHold(order)
      const wanted = runningIn(order)
      const { replica } = x.wish()
      const repeated = replica.keys.includes(order.key)
      if (!repeated) {
        const { revision } = read()
        if (order.ifRevision !== revision) throw new RefusedError(`it is at ${revision} now, not ${order.ifRevision}`)
        const keys = [...replica.keys, order.key].slice(-KEYS_KEPT)
        x.keep({ wanted, replica: { revision: replica.revision + 1, keys } })
      }
      await x.settle()
      return { revision: read().revision, repeated }
    },
  }
}

function runningIn({ values }: SpecOrder): boolean {
  const { running, ...rest } = values
  if (typeof running === 'boolean' && Object.keys(rest).length === 0) return running
  throw new UnfitError('give { running: true } or { running: false }')
}
