import type { FastifyInstance } from 'fastify'
import { RetryableError } from '../domain/errors.ts'
import type { Operator } from '../domain/operator.ts'
import type { Log } from '../lib/log.ts'
import { type AlertIntake, alertRoutes } from './alerts.ts'
import { newApp } from './app.ts'
import { ForbiddenError } from './problem.ts'
import { traceRoutes, type TraceIntake } from './traces.ts'

/** Webhooks that only wake us bring a body, which nobody reads: no larger than this. */
const BODY_LIMIT = 1024 * 1024
const TEXT = 'text/plain; charset=utf-8'
const METRICS = 'text/plain; version=0.0.4; charset=utf-8'

/** The application behind the TCP port, open to whoever reaches it: health, metrics, alerts, and two calls that carry no input. */
export function portApp(deps: {
  readonly operator: Operator
  readonly metrics: () => Promise<string>
  readonly alerts?: AlertIntake
  readonly traces?: TraceIntake
  readonly now: () => number
  readonly log: Log
}): FastifyInstance {
  const { operator, metrics, alerts, traces, now, log } = deps
  const app = newApp({ bodyLimit: BODY_LIMIT, log })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async () => undefined)
  app.addHook('onRequest', async (request) => {
    if (request.method === 'POST' && request.headers.origin !== undefined) {
      throw new ForbiddenError('a web page may not do this: send the request without an Origin header')
    }
  })
  for (const path of ['/healthz', '/-/healthy']) app.get(path, (_request, reply) => reply.type(TEXT).send('healthy\n'))
  for (const path of ['/readyz', '/-/ready']) {
    app.get(path, async (_request, reply) => {
      await mustBeReady(operator)
      return reply.type(TEXT).send('ready\n')
    })
  }
  app.get('/metrics', async (_request, reply) => reply.type(METRICS).send(await metrics()))
  app.post('/-/reload', async (_request, reply) => {
    await operator.reload()
    return reply.type(TEXT).send('reloaded\n')
  })
  app.post('/-/wake', (_request, reply) => {
    operator.wake()
    return reply.type(TEXT).send('woken\n')
  })
  if (alerts) alertRoutes(app, alerts, now)
  if (traces) traceRoutes(app, traces, now)
  return app
}

/** Ready: the record takes entries and the loop has looked at the world once. Blind sources do not make it unready. */
async function mustBeReady(operator: Operator): Promise<void> {
  const { record, loop } = await operator.status()
  if (!record.ok)
    throw new RetryableError(`not ready: the record is not usable: ${record.problem ?? 'no reason given'}`)
  if (loop.turns === 0) throw new RetryableError('not ready: the loop has not looked at the world yet')
}
