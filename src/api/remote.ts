import { messageOf, UsageError } from '../domain/errors.ts'
import { clientOf } from './call.ts'
import { NoOwnerError } from './client.ts'
import type { Api } from './contract.ts'

const TIMEOUT_MS = 15_000

/** Where a Kintsugi is reached from elsewhere, and the token to show there, if it wants one; and how long an answer may take that has no time of its own. */
export type Remote = { readonly url: string; readonly token?: string; readonly patienceMs?: number }

/**
 * The contract over HTTP. Every call throws what the owner threw, or NoOwnerError when nobody answers. A redirect is not
 * followed: a token goes where it was meant to go, or nowhere. Throws UsageError on a URL that is none.
 */
export function callRemote({ url, token, patienceMs: usual = TIMEOUT_MS }: Remote): Api {
  const base = URL.parse(url)
  if (!base || !['http:', 'https:'].includes(base.protocol) || base.username || base.search || base.hash) {
    throw new UsageError(
      `'${base ? base.origin : url}' is no address of a Kintsugi: write http://HOST:PORT or https://HOST`,
    )
  }
  const at = base.href.replace(/\/+$/, '')
  return clientOf(async ({ method, path, body, patienceMs = usual }) => {
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    try {
      const init = { method, headers, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) } as const
      const answer = await fetch(at + path, body === undefined ? init : { ...init, body })
      return { status: answer.status, text: await answer.text() }
    } catch (thrown) {
      const why = thrown instanceof Error && thrown.cause !== undefined ? messageOf(thrown.cause) : messageOf(thrown)
      throw new NoOwnerError(`cannot reach ${at}: ${why}; what was asked may still come to pass`)
    }
  })
}
