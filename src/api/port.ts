import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RetryableError } from '../domain/errors.ts'
import type { Operator } from '../domain/operator.ts'
import type { RecordReader } from '../domain/ports.ts'
import type { Feed } from '../engine/feed.ts'
import type { Log } from '../lib/log.ts'
import { type Redactor, redactorOf } from '../lib/redact.ts'
import type { Access, Asking, Caller } from './access.ts'
import { type AlertIntake, alertRoutes } from './alerts.ts'
import { newApp } from './app.ts'
import { bucketsOf, type Rate } from './bucket.ts'
import { eventRoute } from './events.ts'
import { asOrder, type Handlers } from './handlers.ts'
import { loginRoutes } from './login.ts'
import { consolePages } from './pages.ts'
import { BusyError } from './problem.ts'
import { type Admit, contractRoutes } from './routes.ts'
import { signalRoutes, type SignalIntake } from './signals.ts'

export type AppDeps = {
  readonly handlers: Handlers
  readonly operator: Operator
  readonly reader: RecordReader
  /** Says that the record has grown; without it nobody can follow the events. */
  readonly feed?: Feed
  /** How often who follows the events is told that nothing happens. */
  readonly heartbeatMs?: number
  readonly metrics: () => Promise<string>
  readonly alerts?: AlertIntake
  readonly signals?: SignalIntake
  /** Where the console was built. */
  readonly web?: string
  readonly now: () => number
  /** What of a configuration, and of what was captured, nobody is shown. */
  readonly redact?: Redactor
  readonly log: Log
}

/** What an order needs; routes that take more say so. */
export const BODY_LIMIT: number = 64 * 1024
/** Webhooks that only wake us bring a body, which nobody reads: no larger than this. */
const WAKE_BODY_LIMIT = 1024 * 1024
/** Requests of one token, or of one address where there are none. Senders of alerts and traces have limits of their own. */
const REQUESTS: Rate = { perSecond: 100, burst: 500 }
const TEXT = 'text/plain; charset=utf-8'
const METRICS = 'text/plain; version=0.0.4; charset=utf-8'

/** The application behind the TCP port: health for everybody; the contract, metrics and the ways in behind access; the console. */
export function portApp(deps: AppDeps & { readonly access: Access }): FastifyInstance {
  const { operator, handlers, access, feed, now, log, web, redact } = deps
  const app = newApp({ bodyLimit: BODY_LIMIT, log, ...(redact && { redact }) })
  const admit = admitWith(access, now)
  healthRoutes(app, operator)
  app.register(async (scope) => senderRoutes(scope, deps))
  app.register(async (scope) => operationRoutes(scope, deps, admit))
  contractRoutes(app, handlers, admit)
  if (feed) eventRoute(app, { ...deps, feed }, admit)
  loginRoutes(app, access.login)
  if (web !== undefined) consolePages(app, web)
  return app
}

function askingOf({ method, ip, headers, routeOptions }: FastifyRequest): Asking {
  const { authorization, cookie, host, origin } = headers
  return { method, path: routeOptions.url ?? '', address: ip, authorization, cookie, host, origin }
}

/** Who asks, within so many requests a second. */
function admitWith(access: Access, now: () => number): Admit {
  const requests = bucketsOf(REQUESTS, now)
  return async (request, needs) => {
    const asking = askingOf(request)
    const caller = await access.admit(asking, needs)
    const retryAfterMs = requests.take(caller.speaksFor ? asking.address : caller.person)
    if (retryAfterMs > 0) throw new BusyError(`more than ${REQUESTS.perSecond} requests a second`, { retryAfterMs })
    return caller
  }
}

/** Open to all: whoever watches over this process has no token. */
function healthRoutes(app: FastifyInstance, operator: Operator): void {
  for (const path of ['/healthz', '/-/healthy']) app.get(path, (_request, reply) => reply.type(TEXT).send('healthy\n'))
  for (const path of ['/readyz', '/-/ready']) {
    app.get(path, async (_request, reply) => {
      await mustBeReady(operator)
      return reply.type(TEXT).send('ready\n')
    })
  }
}

/** The ways in for alerts, and for whatever else is pushed. */
function senderRoutes(
  scope: FastifyInstance,
  { access, alerts, signals, now }: Pick<AppDeps, 'alerts' | 'signals' | 'now'> & { readonly access: Access },
): void {
  const names = new WeakMap<FastifyRequest, string>()
  scope.addHook('onRequest', async (request) => {
    if (access.isSigned(request.headers, request.ip)) return
    const name = await access.admitSender(askingOf(request))
    if (name !== undefined) names.set(request, name)
  })
  // What is signed is the body, so that it has to be there first.
  scope.addHook('preHandler', async ({ headers, ip, body }) => {
    if (access.isSigned(headers, ip)) access.admitSigned(headers, ip, body instanceof Buffer ? body : Buffer.alloc(0))
  })
  if (alerts) alertRoutes(scope, alerts, now)
  if (signals) signalRoutes(scope, signals, { now, senderOf: (request) => names.get(request) })
}

/** What machines ask by the paths they are used to; a body is taken and not read. */
function operationRoutes(scope: FastifyInstance, { operator, metrics, redact }: AppDeps, admit: Admit): void {
  const { text } = redact ?? redactorOf()
  const callers = new WeakMap<FastifyRequest, Caller>()
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, async () => undefined)
  const needs = (role: 'viewer' | 'operator' | 'admin') => ({
    bodyLimit: WAKE_BODY_LIMIT,
    onRequest: async (request: FastifyRequest) => {
      callers.set(request, await admit(request, role))
    },
  })
  scope.get('/metrics', needs('viewer'), async (_request, reply) => reply.type(METRICS).send(text(await metrics())))
  scope.post('/-/reload', needs('admin'), async (request, reply) => {
    const caller = callers.get(request)
    await operator.reload(caller && asOrder(caller))
    return reply.type(TEXT).send('reloaded\n')
  })
  scope.post('/-/wake', needs('operator'), async (_request, reply) => {
    operator.wake()
    return reply.type(TEXT).send('woken\n')
  })
}

/** Ready: the record takes entries and the loop has looked at the world once. Blind sources do not make it unready. */
async function mustBeReady(operator: Operator): Promise<void> {
  const { record, loop } = await operator.status()
  if (!record.ok)
    throw new RetryableError(`not ready: the record is not usable: ${record.problem ?? 'no reason given'}`)
  if (loop.turns === 0) throw new RetryableError('not ready: the loop has not looked at the world yet')
}
