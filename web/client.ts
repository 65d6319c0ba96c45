import { errorOf, type Problem } from '../src/api/problem.ts'
import { RetryableError } from '../src/domain/errors.ts'

/** Kintsugi wants a token, or does not know the one it was given. */
export class SignedOutError extends Error {
  override readonly name: string = 'SignedOutError'
}

/** Nobody answered: the server is down, or the way to it is. */
export class UnreachableError extends RetryableError {
  override readonly name: string = 'UnreachableError'
}

const TOKEN = 'kintsugi-token'
const TIMEOUT_MS = 10_000

/** The token lives as long as the tab, and is never written to disk or URL. */
export const token = {
  read: (): string | null => sessionStorage.getItem(TOKEN),
  keep: (value: string): void => sessionStorage.setItem(TOKEN, value),
  forget: (): void => sessionStorage.removeItem(TOKEN),
}

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

/** Opens a route that never ends, such as the events. */
export function open(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  return ask(path, { headers, signal })
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const known = token.read()
  const headers = new Headers(init.headers)
  if (known !== null) headers.set('authorization', `Bearer ${known}`)
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
  if (answer.status === 401) return new SignedOutError(detailOf(text) ?? 'a token is needed')
  try {
    return errorOf(JSON.parse(text) as Problem)
  } catch {
    // A proxy in between answers for a server that is not there.
    const why = `the server answered ${answer.status} without a problem document`
    return answer.status >= 500 ? new UnreachableError(why) : new Error(why)
  }
}

function detailOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as Partial<Problem>).detail
  } catch {
    return undefined
  }
}

function until(signal?: AbortSignal, timeoutMs: number = TIMEOUT_MS): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs)
  return signal ? AbortSignal.any([signal, timeout]) : timeout
}
