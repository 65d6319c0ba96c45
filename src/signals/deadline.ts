import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../lib/clock.ts'
import { BlindError } from '../domain/errors.ts'

/** Nothing came in the time: whoever was asked did not answer. */
export class NoAnswerError extends Error {
  override readonly name: string = 'NoAnswerError'
}

export type Deadline = { readonly timeoutMs: number; readonly clock: Clock; readonly abort: AbortSignal }

/**
 * Runs `work` with a signal that fires after the time or with `abort`, and waits no longer than that, whether or not
 * the work heeds it. Throws {@link NoAnswerError} when the time is over, and BlindError when it is over only because
 * this process stood still: what came of the work meanwhile says nothing about who was asked.
 */
export async function within<T>(
  { timeoutMs, clock, abort }: Deadline,
  work: (abort: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController()
  const done = new AbortController()
  const cancel = (): void => own.abort(abort.reason)
  if (abort.aborted) cancel()
  abort.addEventListener('abort', cancel)
  const began = clock.now()
  const expiry = async (): Promise<void> => {
    await clock.sleep(timeoutMs, done.signal)
    // Timers come before sockets: after a pause of ours, an answer that is waiting in the socket is read first.
    if (!done.signal.aborted) await setImmediate()
    if (!done.signal.aborted) own.abort(tooLate(timeoutMs, clock.now() - began))
  }
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(own.signal.reason as Error)
    if (own.signal.aborted) stop()
    own.signal.addEventListener('abort', stop)
  })
  void expiry()
  try {
    return await Promise.race([stopped, work(own.signal)])
  } catch (thrown) {
    // Work that heeds the signal may fail first, in words of its own.
    if (own.signal.aborted) throw own.signal.reason
    throw thrown
  } finally {
    done.abort()
    abort.removeEventListener('abort', cancel)
  }
}

function tooLate(timeoutMs: number, elapsedMs: number): Error {
  if (elapsedMs <= timeoutMs * 1.5 + 100) return new NoAnswerError(`no answer in ${timeoutMs} ms`)
  return new BlindError(`this process stood still: ${elapsedMs} ms passed while waiting ${timeoutMs} ms for an answer`)
}
