import type { SourceStatus } from '../domain/operator.ts'
import type { Delivery, Taken } from './messages.ts'

/** Who pushes, and how that goes: by what they are called where limits count them. */
export type Senders = {
  /** Notes who sent, at `now` (epoch milliseconds), and what became of it. */
  heard(delivery: Delivery, take: (delivery: Delivery) => Promise<Taken>, now: number): Promise<Taken>
  /** `problem`: why nothing is taken in from anybody, where that is so. */
  status(now: number, limited: readonly Over[], problem: string | undefined): readonly SourceStatus[]
}

type Over = { readonly source: string; readonly series: number; readonly shed: number }
type Heard = { readonly lastAt: number; readonly refused?: string; readonly isLasting: boolean }

/** A Prometheus that was silent for so long is no source any more. */
const FORGET_MS = 3_600_000
const MOST = 1000

/** @param staleAfterMs a sender that is silent for longer is not fresh */
export function sendersOf(staleAfterMs: number): Senders {
  const all = new Map<string, Heard>()
  const note = (source: string, heard: Heard): void => {
    all.delete(source)
    all.set(source, heard)
    const [oldest] = all.keys()
    if (all.size > MOST && oldest !== undefined) all.delete(oldest)
  }
  return {
    async heard(delivery, take, now) {
      const { source, protocol } = delivery
      const taken = await take(delivery)
      // Others come and go with what they run in: their silence is no blindness of ours.
      const isLasting = protocol.startsWith('remote-write')
      note(source, { lastAt: now, isLasting, ...(taken.refused > 0 && { refused: taken.reasons.join('; ') }) })
      return taken
    },
    status(now, limited, problem) {
      for (const [source, { lastAt, isLasting }] of all) {
        if (now - lastAt > (isLasting ? FORGET_MS : staleAfterMs)) all.delete(source)
      }
      const overOf = (source: string): string | undefined => {
        const over = limited.find((one) => one.source === source)
        return (
          over && `it sends more than the ${over.series} series that it may: ${over.shed} samples of others were shed`
        )
      }
      return [...all].map(([name, { lastAt, refused }]) => {
        const why = problem ?? overOf(name) ?? refused
        const fresh = problem === undefined && now - lastAt <= staleAfterMs
        return { name, fresh, lastAt, ...(why !== undefined && { problem: why }) }
      })
    },
  }
}
