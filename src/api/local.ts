import type { FastifyInstance } from 'fastify'
import { AT_SOCKET } from './access.ts'
import { alertRoutes } from './alerts.ts'
import { newApp } from './app.ts'
import { eventRoute } from './events.ts'
import { BODY_LIMIT, type AppDeps } from './port.ts'
import { contractRoutes } from './routes.ts'

/** The application behind the unix socket: the contract, its events, and the way in for alerts. Whoever may open the socket is the operator. */
export function localApp(deps: AppDeps): FastifyInstance {
  const { handlers, feed, alerts, now, log, redact } = deps
  const app = newApp({ bodyLimit: BODY_LIMIT, log, ...(redact && { redact }) })
  const admit = async (): Promise<typeof AT_SOCKET> => AT_SOCKET
  contractRoutes(app, handlers, admit)
  if (feed) eventRoute(app, { ...deps, feed }, admit)
  if (alerts) alertRoutes(app, alerts, now)
  return app
}
