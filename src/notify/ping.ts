import { messageOf, RetryableError } from '../domain/errors.ts'
import type { Place } from './post.ts'

const TIMEOUT_MS = 10_000

/** Asks for a page that only counts that it was asked for. The URL is a secret: it stands in no message. */
export async function ping({ url, headers }: Place, abort: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([abort, AbortSignal.timeout(TIMEOUT_MS)])
  const response = await fetch(url, { redirect: 'manual', signal, headers: { ...headers } }).catch(
    (thrown: unknown) => {
      const why = thrown instanceof Error && thrown.cause !== undefined ? messageOf(thrown.cause) : 'no answer in time'
      throw new RetryableError(`cannot send the heartbeat: ${why}`)
    },
  )
  await response.body?.cancel()
  if (!response.ok) throw new RetryableError(`cannot send the heartbeat: it was answered ${response.status}`)
}
