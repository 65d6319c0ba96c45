import { httpGet, urlOf } from '../http-get.ts'
import type { Answer, CheckOf } from './check.ts'

const MAX_BODY_BYTES = 64 * 1024

/** Asks by HTTP over a fresh connection: a pool would hide a listener that accepts nobody new. */
export async function askHttp(
  { at, expectStatus, expectText, headers }: CheckOf<'http'>,
  address: string | undefined,
  abort: AbortSignal,
): Promise<Answer> {
  const maxBytes = expectText === undefined ? 0 : MAX_BODY_BYTES
  const { status, body } = await httpGet(urlOf(at, address), { abort, maxBytes, ...(headers && { headers }) })
  const expected = expectStatus === undefined ? status >= 200 && status < 400 : status === expectStatus
  if (!expected) return { ok: false, reason: `answered with status ${status}` }
  if (expectText !== undefined && !body.includes(expectText)) {
    return { ok: false, reason: `answered with status ${status}, but without the text '${expectText}'` }
  }
  return { ok: true, reason: `answered with status ${status}` }
}
