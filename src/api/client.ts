import { request } from 'node:http'
import { messageOf, RetryableError } from '../domain/errors.ts'
import { clientOf, type Received, type Sent } from './call.ts'
import type { Api } from './contract.ts'

const TIMEOUT_MS = 5000

/** No owner answers where it was asked: none runs there, or it hangs. */
export class NoOwnerError extends RetryableError {
  override readonly name: string = 'NoOwnerError'
}

/**
 * The contract over a unix socket. Every call throws what the owner threw, or {@link NoOwnerError} when nobody answers.
 */
export function callOwner(socketPath: string): Api {
  return clientOf((sent) => exchange(socketPath, sent))
}

function exchange(socketPath: string, { method, path, body, patienceMs = TIMEOUT_MS }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const call = request({ socketPath, method, path, headers, agent: false, timeout: patienceMs }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', (error) => reject(noOwner(socketPath, error)))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }))
    })
    call.on('timeout', () => call.destroy(new Error(`no answer within ${patienceMs / 1000} s`)))
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
