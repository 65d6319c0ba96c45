import { setTimeout } from 'node:timers/promises'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Entry } from '../domain/entry.ts'
import type { RecordReader } from '../domain/ports.ts'
import type { Feed } from '../engine/feed.ts'
import { EVENTS, type FeedEvent } from './contract/record.ts'
import { BusyError } from './problem.ts'
import type { Admit } from './routes.ts'

const HEARTBEAT_MS = 15_000
const MOST_AT_ONCE = 64
const PAGE = 500
/** Between two pages: whoever follows a storm is told of it in few large pieces. */
const PACE_MS = 50

export type EventDeps = {
  readonly reader: RecordReader
  readonly feed: Feed
  /** @default 15 s */
  readonly heartbeatMs?: number
}

/**
 * `GET /api/v1/events`: what is written on the record, as server-sent events, from a position on (`Last-Event-ID`, else
 * `after`, else now). Pages are read as the client takes them, so that a slow one costs no memory. Ends when the caller may
 * not see it any more, and on shutdown.
 */
export function eventRoute(app: FastifyInstance, deps: EventDeps, admit: Admit): void {
  const ending = new AbortController()
  let open = 0
  app.addHook('preClose', async () => ending.abort())
  app.route({
    method: 'GET',
    url: EVENTS.path,
    exposeHeadRoute: false,
    onRequest: async (request) => void (await admit(request, EVENTS.role)),
    handler: async (request, reply) => {
      if (open >= MOST_AT_ONCE) {
        throw new BusyError(`${MOST_AT_ONCE} follow the events already`, { retryAfterMs: HEARTBEAT_MS })
      }
      const gone = new AbortController()
      open += 1
      reply.raw.once('close', () => {
        open -= 1
        gone.abort()
      })
      const from = await positionOf(request, deps.reader)
      const abort = AbortSignal.any([ending.signal, gone.signal])
      const pieces = eventsFrom(from, { ...deps, abort, mayGoOn: async () => void (await admit(request, EVENTS.role)) })
      reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
      return reply.send(Readable.from(pieces, { highWaterMark: 1 }))
    },
  })
}

const position = z.coerce.number().int().min(0).optional()

/** After which entry to begin; a number that the record has not reached (it is another record now) means now. */
async function positionOf({ headers, query }: FastifyRequest, reader: RecordReader): Promise<number> {
  const asked = position.parse(headers['last-event-id'] ?? (query as { after?: unknown }).after)
  const [newest] = await reader.entries({ newestFirst: true, limit: 1, bodies: false })
  const now = newest?.seq ?? 0
  return Math.min(asked ?? now, now)
}

async function* eventsFrom(
  from: number,
  x: EventDeps & { readonly abort: AbortSignal; readonly mayGoOn: () => Promise<void> },
): AsyncGenerator<string> {
  const { reader, feed, abort, heartbeatMs = HEARTBEAT_MS } = x
  yield `retry: 1000\n: from ${from}\n\n`
  for (let seq = from; !abort.aborted;) {
    if (!(await mayStill(x.mayGoOn))) return
    const entries = await reader.entries({ after: seq, limit: PAGE, bodies: false })
    seq = entries.at(-1)?.seq ?? seq
    if (entries.length > 0) {
      yield entries.map(eventText).join('')
      await setTimeout(PACE_MS, undefined, { signal: abort }).catch(() => {})
    } else if (await silent(feed, seq, heartbeatMs, abort)) yield ': still here\n\n'
  }
}

/** A token that expired or was taken away ends the stream; whoever comes again is told why. */
async function mayStill(mayGoOn: () => Promise<void>): Promise<boolean> {
  try {
    await mayGoOn()
    return true
  } catch {
    return false
  }
}

/** Waits for the next entry; answers whether none came for so long. */
async function silent(feed: Feed, seq: number, forMs: number, abort: AbortSignal): Promise<boolean> {
  const enough = AbortSignal.timeout(forMs)
  await feed.beyond(seq, AbortSignal.any([abort, enough]))
  return enough.aborted
}

function eventText({ seq, kind, at, incident, run }: Entry): string {
  const event: FeedEvent = {
    seq,
    kind,
    at: at.wallMs,
    ...(incident !== undefined && { incident }),
    ...(run !== undefined && { run }),
  }
  return `id: ${seq}\ndata: ${JSON.stringify(event)}\n\n`
}
