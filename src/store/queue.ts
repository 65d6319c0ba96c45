import { sizeOf, type PreparedCommit } from './prepared.ts'
import type { CommitResult } from './writer.ts'

const BATCH_COMMITS = 512
const BATCH_BYTES = 1 << 20

export type CommitQueue = {
  /** Resolves with the sequence number of the first entry once it is durable; rejects with why nothing was written. */
  push(commit: PreparedCommit): Promise<number>
  /** How many commits wait, those on their way not counted. */
  readonly length: number
  /** Resolves when everything pushed so far has been answered. */
  drained(): Promise<void>
}

type Waiting = {
  readonly commit: PreparedCommit
  readonly resolve: (seq: number) => void
  readonly reject: (error: unknown) => void
}

/**
 * Natural group commit: while one batch is on its way, whatever arrives becomes the next one. Nobody waits for company,
 * and a slow disk makes larger groups.
 */
export function commitQueue(send: (batch: readonly PreparedCommit[]) => Promise<readonly CommitResult[]>): CommitQueue {
  const waiting: Waiting[] = []
  let turning: Promise<void> | undefined

  async function turn(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchLength(waiting))
      try {
        settle(batch, await send(batch.map(({ commit }) => commit)))
      } catch (thrown) {
        for (const { reject } of batch) reject(thrown)
      }
    }
    turning = undefined
  }

  return {
    get length() {
      return waiting.length
    },
    push: (commit) =>
      new Promise((resolve, reject) => {
        waiting.push({ commit, resolve, reject })
        turning ??= turn()
      }),
    drained: async () => turning,
  }
}

/** As many as fit; at least one, whatever its size. */
function batchLength(waiting: readonly Waiting[]): number {
  let bytes = 0
  const over = waiting.findIndex(({ commit }, at) => at === BATCH_COMMITS || (bytes += sizeOf(commit)) > BATCH_BYTES)
  return over < 0 ? waiting.length : Math.max(1, over)
}

function settle(batch: readonly Waiting[], results: readonly CommitResult[]): void {
  for (const [at, { resolve, reject }] of batch.entries()) {
    const result = results[at] ?? { error: new Error('the writer did not answer for this commit') }
    if ('error' in result) reject(result.error)
    else resolve(result.seq)
  }
}
