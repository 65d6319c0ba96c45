import type { FastifyInstance } from 'fastify'
import type { Log } from '../lib/log.ts'
import { type AlertIntake, alertRoutes } from './alerts.ts'
import { newApp } from './app.ts'
import { type Api, contract, type Route } from './contract.ts'

const BODY_LIMIT = 64 * 1024

/** The application behind the unix socket: the contract, and the way in for alerts. Whoever may open the socket is the operator. */
export function localApp(deps: {
  readonly api: Api
  readonly alerts?: AlertIntake
  readonly now: () => number
  readonly log: Log
}): FastifyInstance {
  const { api, alerts, now, log } = deps
  const app = newApp({ bodyLimit: BODY_LIMIT, log })
  for (const name of Object.keys(contract) as (keyof Api)[]) {
    serve(app, contract[name], api[name] as (input: unknown) => Promise<unknown>)
  }
  if (alerts) alertRoutes(app, alerts, now)
  return app
}

/** The input is checked here, at the edge; behind it is only what the contract allows. */
function serve(
  app: FastifyInstance,
  { method, path, input, bodyLimit }: Route<unknown, unknown>,
  answer: (input: unknown) => Promise<unknown>,
): void {
  app.route({
    method,
    url: path,
    ...(bodyLimit !== undefined && { bodyLimit }),
    handler: async (request) => {
      const given = method === 'GET' ? request.query : request.body
      return answer(input.parse({ ...(given as object | undefined), ...(request.params as object) }))
    },
  })
}
