import { createServer, type Agent, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '../../../src/lib/clock.ts'
import type { SpecsDocument } from '../control.ts'
import { counter, type Counts, type Reason } from './counts.ts'
import { forward, reply } from './forward.ts'
import { bucketOf, turnstile, type Bucket } from './limits.ts'
import type { PoolOptions } from './options.ts'
import { poolDocument, settingsIn, type PoolSettings } from './pool-document.ts'
import { rotation } from './rotation.ts'

export type Pool = {
  readonly name: string
  readonly document: SpecsDocument
  /** Answers users; not listening yet. */
  readonly server: Server
  settings(): PoolSettings
  counts(): Counts
}

type Way = { readonly name: string; readonly host: string; readonly port: number }

/** What follows from the settings, until they change. */
type Rules = {
  readonly settings: PoolSettings
  readonly pick: () => Way | undefined
  readonly bucket: Bucket | undefined
}

const ANSWERS: Readonly<Record<Reason, readonly [status: number, why: string]>> = {
  breaker: [503, 'the breaker is open\n'],
  rate: [429, 'too many requests\n'],
  concurrency: [503, 'too many requests at once\n'],
  empty: [503, 'no backend takes requests\n'],
}

/**
 * One pool: every request goes to the backend whose turn it is, once. What is wrong with a backend its users feel: it is
 * neither asked again nor left out.
 */
export function poolOf(name: string, options: PoolOptions, x: { readonly agent: Agent; readonly clock: Clock }): Pool {
  const { timeoutMs } = options
  const gate = turnstile()
  const counts = counter()
  const document = poolDocument(options, x.clock, (settings) => {
    rules = rulesOf(settings, rules)
    gate.setLimit(settings.concurrency ?? Infinity)
  })
  let rules = rulesOf(settingsIn(document.values()))
  gate.setLimit(rules.settings.concurrency ?? Infinity)

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const beganAt = performance.now()
    let backend = ''
    let leave = (): void => {}
    counts.began()
    // A request that the user gave up on has failed, too.
    response.on('close', () => {
      const served = response.writableFinished && response.statusCode < 500
      counts.ended(backend, (performance.now() - beganAt) / 1000, served)
      leave()
    })
    const turnAway = (reason: Reason, headers?: Record<string, string>): void => {
      counts.limited(reason)
      reply(response, ...ANSWERS[reason], headers)
    }
    if (rules.settings.breaker === 'open') return turnAway('breaker')
    const waitMs = rules.bucket?.take() ?? 0
    if (waitMs > 0) return turnAway('rate', { 'retry-after': String(Math.ceil(waitMs / 1000)) })
    const go = (): void => {
      const way = rules.pick()
      if (!way) return turnAway('empty')
      backend = way.name
      counts.sent(backend)
      forward(request, response, { host: way.host, port: way.port, agent: x.agent, timeoutMs })
    }
    leave = gate.enter(go, () => turnAway('concurrency'))
  }
  const server = createServer(answer)
  // Longer than any client of the shop keeps an idle connection, so that no request is sent into a closing one.
  server.keepAliveTimeout = 60_000
  return { name, document, server, settings: () => rules.settings, counts: counts.counts }
}

/** A rate that stays as it was keeps what it has counted. */
function rulesOf(settings: PoolSettings, before?: Rules): Rules {
  const { backends, rateLimitRps } = settings
  const up = backends.filter(({ state }) => state === 'up')
  const items = up.map(({ name, address, weight }) => {
    const [host = '', port] = address.split(':')
    return { item: { name, host, port: Number(port) }, weight }
  })
  const bucket =
    before && before.settings.rateLimitRps === rateLimitRps
      ? before.bucket
      : rateLimitRps === undefined
        ? undefined
        : bucketOf(rateLimitRps, () => performance.now())
  return { settings, pick: rotation(items), bucket }
}
