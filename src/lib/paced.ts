import { setImmediate } from 'node:timers/promises'

/**
 * The results of `work` for each item, in the items' order. One is begun at a time and others get their turn in between,
 * so that a thousand of them are no burst; none waits for one that hangs. Throws what the first failing `work` throws.
 */
export async function paced<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const begun: Promise<R>[] = []
  for (const item of items) {
    const one = work(item)
    // Whoever waits for all of them hears of it.
    one.catch(() => {})
    begun.push(one)
    await setImmediate()
  }
  return Promise.all(begun)
}
