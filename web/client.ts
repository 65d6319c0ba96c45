import { errorOf, type Problem } from '../src/api/problem.ts'
import { RetryableError } from '../src/domain/errors.ts'
import { refuse, sessionNow } from './session.ts'

/** Kintsugi wants a token, or does not know the one it was given. */
export class SignedOutError extends Error {
  override readonly name: string = 'SignedOutError'
}

/** Nobody answered: the server is down, or the way to it is. */
export class UnreachableError extends RetryableError {
  override readonly name: string = 'UnreachableError'
}

const TIMEOUT_MS = 10_000

export type Query = Readonly<Record<string, string | number | undefined>>

/** Reads one route. Throws what the server threw, {@link SignedOutError}, or {@link UnreachableError}. */
export async function read<Answer>(
  path: string,
  query: Query = {},
  signal?: AbortSignal,
  timeoutMs: number = TIMEOUT_MS,
): Promise<Answer> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given as [string, string][]).toString()
  const answer = await ask(search === '' ? path : `${path}?${search}`, { signal: until(signal, timeoutMs) })
  return (await answer.json()) as Answer
}

/** Gives one order. Throws as {@link read} does; when nobody answered, the order may have come to pass all the same. */
export async function order<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const answer = await ask(path, { method: 'POST', headers, body: JSON.stringify(body), signal: until() })
  return (await answer.json()) as Answer
}

/** Opens the stream of events. */
export function openEvents(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  return ask('/events', { headers, signal })
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const { token } = sessionNow()
  const headers = new Headers(init.headers)
  if (token !== null) headers.set('authorization', `Bearer ${token}`)
  let answer: Response
  try {
    answer = await fetch(`/api/v1${path}`, { ...init, headers })
  } catch (error) {
    throw new UnreachableError('the server does not answer', { cause: error })
  }
  if (answer.ok) return answer
  throw await refusalOf(answer)
}

async function refusalOf(answer: Response): Promise<Error> {
  const text = await answer.text()
  try {
    const problem = JSON.parse(text) as Problem
    if (answer.status !== 401) return errorOf(problem)
    refuse(problem.detail)
    return new SignedOutError(problem.detail)
  } catch {
    // A proxy in between answers for a server that is not there.
    const why = `the server answered ${answer.status} without a problem document`
    return answer.status >= 500 ? new UnreachableError(why) : new Error(why)
  }
}

function until(signal?: AbortSignal, timeoutMs: number = TIMEOUT_MS): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs)
  return signal ? AbortSignal.any([signal, timeout]) : timeout
}
