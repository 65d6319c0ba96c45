import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { TerminalError, UsageError } from '../domain/errors.ts'

/** PEM texts: whom to trust instead of the machine's own authorities, and who this client is. */
export type TlsFiles = { readonly ca?: string; readonly cert?: string; readonly key?: string }

export type GetOptions = {
  readonly abort: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: TlsFiles
  /** The body is refused when it is longer; 0 means that only the status is wanted, and the body is not waited for. */
  readonly maxBytes: number
}

export type Got = { readonly status: number; readonly contentType: string; readonly body: string }

/** Where to ask: one URL, or a path on the address (`host:port`) of a target. */
export type HttpPlace = { readonly url: string } | { readonly path: string }

/** The URL of a place. Throws {@link UsageError} when it is none, or no address is known to put a path on. */
export function urlOf(place: HttpPlace, address: string | undefined): URL {
  if ('path' in place && address === undefined) {
    throw new UsageError(`cannot ask '${place.path}': no address is known for the target`)
  }
  const text = 'url' in place ? place.url : `http://${address}${place.path.startsWith('/') ? '' : '/'}${place.path}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new UsageError(`cannot ask '${text}': it is not an http or https URL`)
}

/** One GET over a connection of its own; redirects are answers, not followed. Throws what the socket throws. */
export function httpGet(url: URL, { abort, headers, maxBytes, tls }: GetOptions): Promise<Got> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, signal: abort, headers: { connection: 'close', ...headers }, ...tls })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const { statusCode: status = 0, headers } = response
      readBody(response, maxBytes)
        .then((body) => resolve({ status, contentType: headers['content-type'] ?? '', body }))
        .catch(reject)
        .finally(() => sent.destroy())
    })
    sent.end()
  })
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  if (maxBytes === 0) return ''
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new TerminalError(`the answer is longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
