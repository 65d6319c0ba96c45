import { messageOf, RetryableError, UsageError } from '../domain/errors.ts'
import type { Json } from '../lib/json.ts'
import { NotFoundError } from './problem.ts'

type Answer = { readonly [key: string]: Json }
const TIMEOUT_MS = 10_000

/** Hands on to the lab's control server, which only the demo has: a page in a browser may not ask it itself. */
export function labOf(url: string | undefined): (method: string, path: string) => Promise<Answer> {
  return async (method, path) => {
    if (url === undefined) throw new NotFoundError('there is no lab here: it comes with kintsugi demo')
    const answer = await fetch(url + path, { method, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      (thrown: unknown) => {
        throw new RetryableError(`the lab does not answer: ${messageOf(thrown)}`)
      },
    )
    const body = (await answer.json()) as Answer
    if (answer.ok) return body
    const said = typeof body['error'] === 'string' ? body['error'] : `the lab answered ${answer.status}`
    throw answer.status < 500 ? new UsageError(said) : new RetryableError(said)
  }
}
