import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Log } from '../lib/log.ts'
import { type Redactor, redactorOf } from '../lib/redact.ts'
import { NotFoundError, PROBLEM_TYPE, type Problem, problemOf } from './problem.ts'

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** An HTTP application with what all of ours have: bounds on every input, strict headers, problem documents. */
export function newApp({
  bodyLimit,
  log,
  redact = redactorOf(),
}: {
  readonly bodyLimit: number
  readonly log: Log
  readonly redact?: Redactor
}): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit,
    http: { maxHeaderSize: 8192, headersTimeout: 10_000 },
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _request, reply) => void refuse(reply, problemOf(error)),
    clientErrorHandler: (error, socket) => {
      const problem = { ...problemOf(error), status: 400, title: 'Bad request' }
      const body = JSON.stringify(problem)
      if (!socket.writable) return
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
    },
  })
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(HEADERS)
    done()
  })
  app.setReplySerializer((payload) => JSON.stringify(redact.value(payload)))
  app.setErrorHandler((error, request, reply) => {
    const problem = redact.value(problemOf(error))
    if (problem.status >= 500) log.error({ path: pathOf(request.url), error: problem.detail }, 'a request failed')
    return refuse(reply, problem)
  })
  app.setNotFoundHandler((request, reply) => refuse(reply, problemOf(notFound(request))))
  return app
}

/** That there is nothing of this path; what a query may hold is not told again. */
export function notFound({ method, url }: { readonly method: string; readonly url: string }): NotFoundError {
  return new NotFoundError(`there is no ${method} ${pathOf(url)}`)
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? ''
}

function refuse(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(problem.retryAfterMs / 1000)))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="kintsugi"')
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem))
}
