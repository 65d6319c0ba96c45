import { messageOf, RetryableError, TerminalError } from '../domain/errors.ts'

/** Where to post. The URL may be a secret: it stands in no message. */
export type Place = { readonly url: string; readonly headers?: Readonly<Record<string, string>> }

const TIMEOUT_MS = 10_000
const MOST_RETRY_AFTER_MS = 3_600_000

/**
 * Posts JSON and wants a 2xx. Throws RetryableError when it may pass later (no connection, no answer, 408, 429, 5xx),
 * TerminalError on any other answer. A redirect is not followed: a message goes where the operator said, or nowhere.
 */
export async function postJson(
  { url, headers }: Place,
  body: unknown,
  { what, abort }: { readonly what: string; readonly abort: AbortSignal },
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.any([abort, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch((thrown: unknown) => {
    throw new RetryableError(`cannot notify ${what}: ${causeOf(thrown)}`)
  })
  await response.body?.cancel()
  if (response.ok) return
  const refused = `cannot notify ${what}: it answered ${response.status}`
  if (response.status !== 408 && response.status !== 429 && response.status < 500) throw new TerminalError(refused)
  const seconds = Number(response.headers.get('retry-after') ?? NaN)
  const retryAfterMs = seconds > 0 ? Math.min(seconds * 1000, MOST_RETRY_AFTER_MS) : 1000
  throw new RetryableError(refused, { retryAfterMs })
}

/** What went wrong on the way, without the URL. */
function causeOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.cause !== undefined ? messageOf(thrown.cause) : 'no answer in time'
}
