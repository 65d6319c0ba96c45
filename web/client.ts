import { answerOf, type Received, requestOf, type Sent, thrownBy } from '../src/api/call.ts'
import { EVENTS } from '../src/api/contract/record.ts'
import type { Route } from '../src/api/contract/route.ts'
import { serverRoutes } from '../src/api/contract/server.ts'
import { UnauthorizedError } from '../src/api/problem.ts'
import { RetryableError } from '../src/domain/errors.ts'
import { keepToken, refuse, sessionNow } from './session.ts'

/** Nobody answered: the server is down, or the way to it is. */
export class UnreachableError extends RetryableError {
  override readonly name: string = 'UnreachableError'
}

const PATIENCE_MS = 10_000

/**
 * Calls a route of the contract. Throws what the server threw, or {@link UnreachableError}; an order that nobody answered
 * may have come to pass all the same.
 */
export async function call<Input, Answer>(
  route: Route<Input, Answer>,
  input: Input,
  signal?: AbortSignal,
): Promise<Answer> {
  const sent = requestOf(route, input as object)
  return answerOf(route, await exchange(sent, signal))
}

/** Opens the stream of events. */
export async function openEvents(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  const answer = await ask(EVENTS.path, { headers, signal })
  if (answer.ok) return answer
  throw thrownBy(await received(answer))
}

/**
 * Signs in with a token once the server has accepted it. It is shown alone: a page full of requests would spend all the
 * guesses of this address on one slip. Throws what the server threw, or {@link UnreachableError}.
 */
export async function signIn(token: string): Promise<void> {
  const { method, path } = requestOf(serverRoutes.me, {})
  const answer = await ask(path, { method, headers: { authorization: `Bearer ${token}` } })
  if (!answer.ok) throw thrownBy({ status: answer.status, text: await answer.text() })
  keepToken(token)
}

async function exchange(
  { method, path, body, patienceMs = PATIENCE_MS }: Sent,
  signal?: AbortSignal,
): Promise<Received> {
  const patience = AbortSignal.timeout(patienceMs)
  const until = signal ? AbortSignal.any([signal, patience]) : patience
  const headers = { 'content-type': 'application/json' }
  return received(await ask(path, { method, signal: until, ...(body !== undefined && { body, headers }) }))
}

async function received(answer: Response): Promise<Received> {
  const got = { status: answer.status, text: await answer.text() }
  if (got.status < 400) return got
  const error = thrownBy(got)
  if (error instanceof UnauthorizedError) refuse(error.message)
  // A proxy in between answers for a server that is not there, and knows nothing of problem documents.
  if (got.status >= 502 && !got.text.startsWith('{')) throw new UnreachableError(error.message)
  return got
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const { token } = sessionNow()
  const headers = new Headers(init.headers)
  if (token !== null && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`)
  try {
    return await fetch(path, { ...init, headers })
  } catch (error) {
    throw new UnreachableError('the server does not answer', { cause: error })
  }
}

/** The provider by which a browser can sign in, by its name; undefined where there is none. */
export async function providerNow(signal: AbortSignal): Promise<string | undefined> {
  const { provider } = (await (await fetch('/auth/ways', { signal })).json()) as { readonly provider?: unknown }
  return typeof provider === 'string' ? provider : undefined
}

/** Ends the session of this browser, if it has one. */
export async function endSession(): Promise<void> {
  await fetch('/auth/logout', { method: 'POST' }).catch(() => {})
}
