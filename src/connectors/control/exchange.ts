import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'

/** Where a page of the control protocol is: at a URL, or under a path behind a unix socket. */
export type Place = { readonly url: string } | { readonly socketPath: string; readonly path: string }

export type Exchanged = { readonly status: number; readonly body: string }

const MOST_BYTES = 1024 * 1024

/** How people know the place. */
export const placeText = (place: Place): string => ('url' in place ? place.url : `${place.path} at ${place.socketPath}`)

/**
 * One request over a connection of its own, with a JSON body where there is one. Throws what the socket throws, the
 * reason of `abort`, or an Error on an answer that is longer than 1 MiB.
 */
export function exchange(place: Place, body: object | undefined, abort: AbortSignal): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const failed = (thrown: Error): void => reject(abort.aborted ? reasonOf(abort) : thrown)
    if (abort.aborted) return failed(reasonOf(abort))
    const payload = body === undefined ? undefined : JSON.stringify(body)
    const options = {
      method: payload === undefined ? 'GET' : 'POST',
      headers: payload === undefined ? {} : jsonHeaders(payload),
      signal: abort,
      agent: false as const,
    }
    const asked = 'url' in place ? requestOf(place.url)(place.url, options) : requestHttp({ ...place, ...options })
    asked.on('response', (response) => {
      readBody(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), failed)
    })
    asked.on('error', failed)
    asked.end(payload)
  })
}

const requestOf = (url: string): typeof requestHttp => (url.startsWith('https:') ? requestHttps : requestHttp)

const jsonHeaders = (payload: string): Record<string, string | number> => ({
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(payload),
})

const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error('given up', { cause: reason })

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
