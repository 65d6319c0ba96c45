import { request } from 'node:http'
import { messageOf, RetryableError } from '../domain/errors.ts'
import { type Api, contract, type Route } from './contract.ts'
import { errorOf, Problem } from './problem.ts'

const TIMEOUT_MS = 5000

/** No owner answers on the socket: none runs on this data folder, or it hangs. */
export class NoOwnerError extends RetryableError {
  override readonly name: string = 'NoOwnerError'
}

/**
 * The contract over a unix socket. Every call throws what the owner threw ({@link errorOf}), or {@link NoOwnerError}
 * when nobody answers.
 */
export function callOwner(socketPath: string): Api {
  const call =
    <Name extends keyof Api>(name: Name) =>
    (input: unknown): Promise<unknown> =>
      callRoute(socketPath, contract[name], input as Record<string, unknown>)
  const names = Object.keys(contract) as (keyof Api)[]
  return Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as Api
}

async function callRoute(
  socketPath: string,
  { method, path, answer, patienceMs }: Route<unknown, unknown>,
  input: Record<string, unknown>,
): Promise<unknown> {
  const rest = { ...input }
  const filled = path.replaceAll(/:(\w+)/g, (_all, name: string) => {
    const value = String(rest[name])
    delete rest[name]
    return encodeURIComponent(value)
  })
  const query = new URLSearchParams(rest as Record<string, string>).toString()
  const { status, text } = await exchange(socketPath, {
    method,
    timeoutMs: patienceMs ?? TIMEOUT_MS,
    path: method === 'GET' && query !== '' ? `${filled}?${query}` : filled,
    ...(method === 'POST' && { body: JSON.stringify(rest) }),
  })
  if (status !== 200) throw problemFrom(status, text)
  return answer.parse(JSON.parse(text))
}

type Exchange = {
  readonly method: string
  readonly path: string
  readonly timeoutMs: number
  readonly body?: string
}

function exchange(
  socketPath: string,
  { method, path, timeoutMs, body }: Exchange,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const call = request({ socketPath, method, path, headers, agent: false, timeout: timeoutMs }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', (error) => reject(noOwner(socketPath, error)))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }))
    })
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)))
    call.on('error', (error) => reject(noOwner(socketPath, error)))
    call.end(body)
  })
}

function noOwner(socketPath: string, error: NodeJS.ErrnoException): NoOwnerError {
  const absent = ['ENOENT', 'ENOTDIR', 'ECONNREFUSED'].includes(error.code ?? '')
  const why = absent
    ? 'no Kintsugi runs on this data folder; start one with: kintsugi serve -c FILE'
    : `its Kintsugi does not answer (${messageOf(error)}); what was asked may still come to pass`
  return new NoOwnerError(`cannot reach ${socketPath}: ${why}`)
}

function problemFrom(status: number, text: string): Error {
  try {
    return errorOf(Problem.parse(JSON.parse(text)))
  } catch {
    return new Error(`the owner answered ${status} without a problem document`)
  }
}
