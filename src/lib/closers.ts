/** What has been opened, to be closed in reverse: of a start that fails half way, and of a regular end. */
export type Closers = {
  add(close: () => void | Promise<void>): void
  /** Closes everything, the newest first; one that fails does not keep the others open. Throws the first failure. */
  close(): Promise<void>
}

export function closers(): Closers {
  const open: (() => void | Promise<void>)[] = []
  return {
    add: (close) => void open.push(close),
    async close() {
      const failures: unknown[] = []
      for (let close = open.pop(); close; close = open.pop()) {
        try {
          await close()
        } catch (thrown) {
          failures.push(thrown)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
