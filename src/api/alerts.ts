import type { FastifyInstance } from 'fastify'
import type { Alert } from '../domain/alert.ts'
import { UsageError } from '../domain/errors.ts'
import { decodePosted, decodeWebhook, type Decoded, type Refused } from '../signals/alertmanager.ts'

/** Where received alerts go; resolves once they are durable. */
export type AlertIntake = {
  receive(alerts: readonly Alert[]): Promise<{ readonly stored: number; readonly repeated: number }>
}

/** Some five thousand alerts: reading more would keep others waiting. Alertmanager's `max_alerts` keeps a webhook below it. */
const BODY_LIMIT = 4 * 1024 * 1024
const REASONS_TOLD = 10

/**
 * The two ways in for alerts. A 2xx means that every alert of the body that was not refused is durable; a 5xx that not all
 * are, so that the sender tries again. Bodies are read here and not by the framework: they are checked alert by alert.
 *
 * @param now epoch milliseconds
 */
export function alertRoutes(app: FastifyInstance, intake: AlertIntake, now: () => number): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
      (_request, body, done) => done(null, body),
    )
    const post = (url: string, handler: (body: unknown) => Promise<unknown>): void =>
      void scope.route({
        method: 'POST',
        url,
        bodyLimit: BODY_LIMIT,
        handler: async ({ body }, reply) => reply.send(await handler(jsonOf(body))),
      })
    // As Alertmanager: what can be stored is, and a 400 says that something could not.
    post('/api/v2/alerts', async (body) => {
      const { alerts, refused } = decodePosted(body, now())
      await intake.receive(alerts)
      if (refused.length > 0) throw new UsageError(refusalText(refused, alerts))
    })
    // A 4xx is not sent again, so that one bad alert would cost the others of its group: only when all are bad.
    post('/webhooks/alertmanager', async (body) => {
      const { alerts, refused } = decodeWebhook(body, now())
      if (alerts.length === 0 && refused.length > 0) throw new UsageError(refusalText(refused, alerts))
      const receipt = await intake.receive(alerts)
      return { ...receipt, refused: refused.slice(0, REASONS_TOLD) }
    })
  })
}

function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse((body as Buffer).toString('utf8')) as unknown
  } catch (thrown) {
    throw new UsageError('cannot read the alerts: the body is not JSON', { cause: thrown })
  }
}

function refusalText(refused: readonly Refused[], alerts: Decoded['alerts']): string {
  const told = refused.slice(0, REASONS_TOLD).map(({ index, reason }) => `alert ${index}: ${reason}`)
  const more = refused.length > told.length ? [`and ${refused.length - told.length} more`] : []
  return `${refused.length} of ${refused.length + alerts.length} alerts were refused, the others are stored. ${[...told, ...more].join('; ')}`
}
