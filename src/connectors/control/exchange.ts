import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'

/** Where a page of the control protocol is: at a URL, or under a path behind a unix socket. */
export type Place = { readonly url: string } | { readonly socketPath: string; readonly path: string }

export type Exchanged = { readonly status: number; readonly body: string }

const MOST_BYTES = 1024 * 1024

/** What is read comes once a second from the same place: its connection is kept. */
const KEPT = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }

/** How people know the place. */
export const placeText = (place: Place): string => ('url' in place ? place.url : `${place.path} at ${place.socketPath}`)

/**
 * One request, with a JSON body where there is one: reads keep their connection, what changes something has one of its
 * own. Throws what the socket throws, the reason of `abort`, or an Error on an answer that is longer than 1 MiB.
 */
export function exchange(place: Place, body: object | undefined, abort: AbortSignal): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const failed = (thrown: Error): void => reject(abort.aborted ? reasonOf(abort) : thrown)
    if (abort.aborted) return failed(reasonOf(abort))
    const asked = requestTo(place, body !== undefined, abort)
    asked.on('response', (response) => {
      readBody(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), failed)
    })
    asked.on('error', (thrown) => {
      // A kept connection that the other end has let go of says nothing of the place: a fresh one will.
      if (asked.reusedSocket && !abort.aborted) exchange(place, body, abort).then(resolve, failed)
      else failed(thrown)
    })
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function requestTo(place: Place, changes: boolean, signal: AbortSignal): ClientRequest {
  const secure = 'url' in place && place.url.startsWith('https:')
  const kept = secure ? KEPT.https : KEPT.http
  const how = changes ? { method: 'POST', headers: JSON_BODY, agent: false as const } : { agent: kept }
  if (!('url' in place)) return requestHttp({ ...place, ...how, signal })
  return (secure ? requestHttps : requestHttp)(place.url, { ...how, signal })
}

const JSON_BODY = { 'content-type': 'application/json' }

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
