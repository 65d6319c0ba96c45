import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/lib/clock.ts'
import { operation } from './control.ts'
import { Refusal } from './control-page.ts'
import { database } from './database.ts'
import { counted } from './effects.ts'
import { hotSet } from './hot-set.ts'
import { instanceOptions, logLine, memoryPressure, reply, serve } from './instance.ts'
import { journalIn } from './journal.ts'
import { meter, metric } from './meter.ts'
import { pool } from './connection-pool.ts'
import { settingsIn } from './settings.ts'
import { tracer, type Span } from './traces.ts'
import { workers } from './workers.ts'

/**
 * Knows the goods. `/items/N` is answered from memory; a miss costs ten rows of the database, longer than a user
 * waits. `/orders/N` asks the database for stock and price, one after the other, and is journaled before it is
 * answered. A bounded number of workers bounds what an instance can carry: some 380 requests a second.
 */
const WORKERS = 8
const SERVICE_MS = 20
/** What the service takes longer when all memory is used. */
const PRESSED_MS = 200
const POOL_SIZE = 120
const MISS_ROWS = 10
const QUEUE_LENGTH = 1000
/** With less left, a bulk load would take from the users what they need. */
const BUSIEST_PERCENT = 80
const WARM_WITHIN_MS = 3000

const options = instanceOptions()
const counts = meter()
const trace = tracer(options)
const clock = systemClock()
const settings = settingsIn(options.config, ({ dbTimeoutMs }) =>
  logLine(options, 'info', `configuration read: dbTimeoutMs is ${dbTimeoutMs}`),
)
const connections = pool(POOL_SIZE)
const db = database(options.upstream ?? '', connections, () => settings().dbTimeoutMs)
const cache = hotSet()
const staff = workers(WORKERS, () => settings().mostWaiting)
const journal = options.data && journalIn(options.data.path, options.data.capacityBytes)
let jobs = 0

const warmPage = operation({
  facts: () => ({ entries: cache.entries.size, hits: cache.hits(), misses: cache.misses(), source: 'db' }),
  check: ({ keys }) => (keys === undefined || isTexts(keys) ? undefined : 'keys must be a list of texts'),
  run: async ({ keys }) => {
    const busyPercent = await db.busyPercent()
    if (busyPercent === undefined) throw new Error('cannot see how busy the database is')
    if (busyPercent > BUSIEST_PERCENT) throw new Refusal(422, `the database is busy to ${busyPercent} %`)
    cache.fill(await db.bulk(), isTexts(keys) ? new Set(keys) : undefined)
  },
  clock,
})
const resetPage = operation({
  facts: () => ({ size: POOL_SIZE, taken: connections.taken(), recentErrors: connections.recentErrors() }),
  run: () => connections.reset(),
  clock,
})

await warmUp()
serve(options, {
  answer(request, response) {
    if (request.url === '/jobs/take') return takeJob(response)
    if (counts.total() % 10 === 0) jobs = Math.min(jobs + 1, QUEUE_LENGTH)
    void answerUser(request, response)
  },
  pages: {
    '/admin/cache': counted(warmPage, 'warm-cache', options),
    '/admin/pool': counted(resetPage, 'reset-pool', options),
  },
  metrics,
  ailments: { 'flushed-cache': () => cache.flush(), 'exhausted-pool': () => connections.leak() },
  state: () => ({
    cached: cache.entries.size,
    leaking: connections.isLeaking(),
    settings: settings(),
  }),
})

/** A new instance serves nobody before its memory is full; where the database cannot be reached, it serves cold. */
async function warmUp(): Promise<void> {
  for (const until = Date.now() + WARM_WITHIN_MS; Date.now() < until; await sleep(50)) {
    try {
      return cache.fill(await db.bulk())
    } catch {
      // It may not be there yet.
    }
  }
  logLine(options, 'warn', 'the database gave nothing to keep in memory: serving without')
}

function takeJob(response: ServerResponse): void {
  if (jobs === 0) return reply(response, 204, '')
  jobs -= 1
  reply(response, 200, 'job\n')
}

type Reply = { readonly status: number; readonly body: string }

async function answerUser(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const beganAt = performance.now()
  const path = request.url ?? '/'
  const span = trace(path.split('/')[1] ?? '', request.headers.traceparent)
  const answer = (await turn(response))
    ? await resultFor(path, response, span)
    : { status: 503, body: 'too many wait\n' }
  const served = answer.status < 499
  counts.count((performance.now() - beganAt) / 1000, served)
  span?.end(served)
  reply(response, answer.status, answer.body)
}

/** One worker's time for one request. */
function turn(response: ServerResponse): Promise<boolean> {
  const serviceMs = SERVICE_MS + PRESSED_MS * memoryPressure()
  return new Promise((resolve) => staff.work(serviceMs, resolve, () => !response.destroyed))
}

async function resultFor(path: string, response: ServerResponse, span: Span | undefined): Promise<Reply> {
  if (!path.startsWith('/orders/')) {
    const known = cache.find(path)
    if (known !== undefined) return { status: 200, body: `${known} from ${options.instance}` }
    return rows(`${path}?rows=${MISS_ROWS}`, response, span)
  }
  const stock = await rows(`/stock${path}`, response, span)
  const price = stock.status === 200 ? await rows(`/price${path}`, response, span) : stock
  if (price.status !== 200) return price
  const written = journal?.write(JSON.stringify({ time: Date.now(), path })) ?? true
  return written ? price : { status: 507, body: 'no room for the journal\n' }
}

async function rows(path: string, response: ServerResponse, span: Span | undefined): Promise<Reply> {
  const call = span?.call('db')
  const answer = await db.query(path, response, call?.header)
  call?.end(answer !== undefined && answer.status < 500)
  return answer ?? { status: 503, body: 'no connection to the database came free\n' }
}

function metrics(): string {
  return (
    counts.text() +
    metric('shop_cache_hits_total', 'counter', cache.hits()) +
    metric('shop_cache_misses_total', 'counter', cache.misses()) +
    metric('shop_pool_size', 'gauge', POOL_SIZE) +
    metric('shop_pool_taken', 'gauge', connections.taken()) +
    metric('shop_pool_errors_10s', 'gauge', connections.recentErrors()) +
    metric('shop_disk_usage_percent', 'gauge', journal?.usage() ?? 0) +
    metric('shop_workers', 'gauge', WORKERS) +
    metric('shop_workers_busy', 'gauge', staff.busy()) +
    metric('shop_workers_waiting', 'gauge', staff.waiting()) +
    metric('shop_jobs', 'gauge', jobs)
  )
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
