import type { RecordPort } from '../domain/ports.ts'

/** Says that the record has grown. It carries nothing: who is woken reads the record. */
export type Feed = {
  /** The record, saying so after each commit it acknowledged. */
  recording(record: RecordPort): RecordPort
  /** Resolves once an entry with a number beyond `seq` was committed here, or when the signal fires; never rejects. */
  beyond(seq: number, abort: AbortSignal): Promise<void>
}

export function feedOf(): Feed {
  let newest = 0
  const waiting = new Set<() => void>()
  return {
    recording: (record) => ({
      ...record,
      commit: async (commit) => {
        const seq = await record.commit(commit)
        newest = Math.max(newest, seq + commit.entries.length - 1)
        for (const wake of waiting) wake()
        return seq
      },
    }),
    beyond: (seq, abort) =>
      new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(wake)
          abort.removeEventListener('abort', done)
          resolve()
        }
        const wake = (): void => (newest > seq ? done() : undefined)
        if (abort.aborted) return resolve()
        waiting.add(wake)
        abort.addEventListener('abort', done)
        wake()
      }),
  }
}
