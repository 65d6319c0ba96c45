import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from './access.ts'
import { contract, type RouteName } from './contract.ts'
import type { Needs, Route } from './contract/route.ts'
import { etagOf, isKnown } from './etag.ts'
import type { Handlers } from './handlers.ts'

/** Who asks, if they may ask what needs this; throws when not. Asked before a body is read. */
export type Admit = (request: FastifyRequest, needs: Needs) => Promise<Caller>

/** Serves the whole contract: input is checked here, at the edge; behind it is only what the contract allows. */
export function contractRoutes(app: FastifyInstance, handlers: Handlers, admit: Admit): void {
  app.register(async (scope) => {
    scope.addHook('onSend', async (request, reply, payload) => withEtag(request, reply, payload))
    for (const name of Object.keys(contract) as RouteName[]) {
      serve(scope, contract[name], handlers[name] as Handler, admit)
    }
  })
}

type Handler = (input: unknown, caller: Caller) => Promise<unknown>

function serve(
  app: FastifyInstance,
  { method, path, role, input, bodyLimit }: Route<unknown, unknown>,
  answer: Handler,
  admit: Admit,
): void {
  const callers = new WeakMap<FastifyRequest, Caller>()
  app.route({
    method,
    url: path,
    ...(bodyLimit !== undefined && { bodyLimit }),
    onRequest: async (request) => void callers.set(request, await admit(request, role)),
    handler: async (request) => {
      const given = method === 'GET' ? request.query : request.body
      const asked = input.parse({ ...(given as object | undefined), ...(request.params as object) })
      return answer(asked, callers.get(request) ?? (await admit(request, role)))
    },
  })
}

/** What has not changed is not sent again. */
function withEtag(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (!['GET', 'HEAD'].includes(request.method) || reply.statusCode !== 200 || typeof payload !== 'string') {
    return payload
  }
  const etag = etagOf(payload)
  reply.headers({ etag, 'cache-control': 'no-cache' })
  if (!isKnown(etag, request.headers['if-none-match'])) return payload
  reply.code(304).removeHeader('content-type')
  return ''
}
