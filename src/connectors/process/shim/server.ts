import { createServer, type IncomingMessage, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { RefusedError, UnfitError, UnreadableError } from './protocol.ts'
import type { Routes } from './routes.ts'

const BODY_LIMIT_BYTES = 16 * 1024

/** An answer other than 200. */
class HttpError extends Error {
  readonly status: number
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

/** The shim's protocol: JSON over HTTP/1.1. Every answer is JSON; one that is not 200 is `{ error }`. */
export function shimServer(routes: Promise<Routes>, onStopped: () => void): Server {
  const server = createServer((request, response) => {
    void answer(request, routes).then(
      (body) => send(200, body),
      (thrown: Error) => send(statusOf(thrown), { error: messageOf(thrown) }),
    )
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
      response.end(JSON.stringify(body), () => {
        if (request.url === '/stop' && status === 200) onStopped()
      })
    }
  })
  server.headersTimeout = 5000
  server.requestTimeout = 5000
  return server
}

async function answer(request: IncomingMessage, routes: Promise<Routes>): Promise<object> {
  const known = await routes
  const { get, post } = known.get(request.url ?? '') ?? {}
  if (request.method === 'GET' && get) return get()
  if (request.method === 'POST' && post) return post(await bodyOf(request))
  throw new HttpError(404, `no ${request.method} ${request.url} here: there are ${[...known.keys()].join(', ')}`)
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const size = Number(request.headers['content-length'] ?? NaN)
  if (!(size <= BODY_LIMIT_BYTES)) throw new HttpError(413, `send a content-length of at most ${BODY_LIMIT_BYTES}`)
  try {
    return JSON.parse((await text(request)) || '{}')
  } catch (thrown) {
    throw new UnreadableError(`cannot read the body: ${(thrown as Error).message}`, { cause: thrown })
  }
}

function statusOf(thrown: Error): number {
  if (thrown instanceof UnreadableError) return 400
  if (thrown instanceof RefusedError) return 409
  if (thrown instanceof UnfitError) return 422
  return thrown instanceof HttpError ? thrown.status : 500
}

/** What is wrong with a request says its own message; what went wrong here needs its cause too. */
function messageOf(thrown: Error): string {
  return thrown.cause instanceof Error && statusOf(thrown) === 500
    ? `${thrown.message}: ${thrown.cause.message}`
    : thrown.message
}
