import { type Api, contract, type RouteName } from './contract.ts'
import type { Route } from './contract/route.ts'
import { errorOf, Problem } from './problem.ts'

/** What a client sends for one call; `path` has its query, and `patienceMs` is how long the answer may take. */
export type Sent = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
  readonly patienceMs?: number
}
export type Received = { readonly status: number; readonly text: string }
/** Carries one request to the server and its answer back, over whatever there is. */
export type Exchange = (sent: Sent) => Promise<Received>

/** The contract as functions over an exchange. Every call throws what the server threw ({@link errorOf}). */
export function clientOf(exchange: Exchange): Api {
  const call = (name: RouteName) => {
    const route = contract[name] as Route<unknown, unknown>
    return async (input: object = {}): Promise<unknown> => answerOf(route, await exchange(requestOf(route, input)))
  }
  return Object.fromEntries((Object.keys(contract) as RouteName[]).map((name) => [name, call(name)])) as unknown as Api
}

/** The request that a route's input comes to: the path filled in, the rest as query or body. */
export function requestOf({ method, path, patienceMs }: Route<unknown, unknown>, input: object): Sent {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const filled = path.replaceAll(/:(\w+)/g, (_all, name: string) => {
    const value = String(rest.get(name))
    rest.delete(name)
    return encodeURIComponent(value)
  })
  const patience = patienceMs === undefined ? {} : { patienceMs }
  if (method === 'POST') return { method, path: filled, body: JSON.stringify(Object.fromEntries(rest)), ...patience }
  const query = new URLSearchParams(
    [...rest].map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  return { method, path: query === '' ? filled : `${filled}?${query}`, ...patience }
}

/** The answer that was received, checked against the contract. Throws what the server threw. */
export function answerOf<Answer>({ answer }: Pick<Route<unknown, Answer>, 'answer'>, received: Received): Answer {
  if (received.status !== 200) throw thrownBy(received)
  return answer.parse(JSON.parse(received.text))
}

/** The error behind an answer that is none. */
export function thrownBy({ status, text }: Received): Error {
  try {
    return errorOf(Problem.parse(JSON.parse(text)))
  } catch {
    return new Error(`the owner answered ${status} without a problem document`)
  }
}
