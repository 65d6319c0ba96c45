import { setImmediate } from 'node:timers/promises'

/** Runs work that says where it may be interrupted, and lets others have their turn there. */
export async function unhurried<T>(work: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await setImmediate()
  }
}
