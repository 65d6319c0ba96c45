import { instanceOptions, metric, reply, serve } from './instance.ts'

/**
 * Knows the goods: an in-process cache before a bounded pool to a slow upstream (a timer stands there until the shop
 * has a real database), and a queue of jobs, one for every tenth request, that the worker takes.
 */
const UPSTREAM_MS = 5
const POOL_SIZE = 20
const POOL_WAITING = 200
const CACHE_ENTRIES = 256
const CACHE_MS = 1000
const QUEUE_LENGTH = 1000

const options = instanceOptions()
const counts = { total: 0, failed: 0, inFlight: 0, cacheHits: 0 }
const cache = new Map<string, { body: string; untilMs: number }>()
const waiting: (() => void)[] = []
let busy = 0
let jobs = 0

serve(options, {
  answer(request, response) {
    const path = request.url ?? '/'
    if (path === '/jobs/take') return takeJob((status, body) => reply(response, status, body))
    counts.total += 1
    counts.inFlight += 1
    response.on('close', () => (counts.inFlight -= 1))
    if (counts.total % 10 === 0) jobs = Math.min(jobs + 1, QUEUE_LENGTH)
    item(path, (status, body) => reply(response, status, body))
  },
  metrics: () =>
    metric('shop_api_requests_total', 'counter', counts.total) +
    metric('shop_api_requests_failed_total', 'counter', counts.failed) +
    metric('shop_api_in_flight', 'gauge', counts.inFlight) +
    metric('shop_api_cache_hits_total', 'counter', counts.cacheHits) +
    metric('shop_api_pool_busy', 'gauge', busy) +
    metric('shop_api_pool_waiting', 'gauge', waiting.length) +
    metric('shop_api_jobs', 'gauge', jobs),
})

type Done = (status: number, body: string) => void

function takeJob(done: Done): void {
  if (jobs === 0) return done(204, '')
  jobs -= 1
  done(200, 'job\n')
}

function item(path: string, done: Done): void {
  const now = Date.now()
  const known = cache.get(path)
  if (known && known.untilMs > now) {
    counts.cacheHits += 1
    return done(200, known.body)
  }
  upstream((served) => {
    if (!served) {
      counts.failed += 1
      return done(503, 'the pool is full\n')
    }
    const body = `goods at ${path} from ${options.instance}`
    if (cache.size >= CACHE_ENTRIES) cache.delete(cache.keys().next().value ?? '')
    cache.set(path, { body, untilMs: now + CACHE_MS })
    done(200, body)
  })
}

function upstream(done: (served: boolean) => void): void {
  if (busy >= POOL_SIZE) {
    if (waiting.length >= POOL_WAITING) return done(false)
    waiting.push(() => upstream(done))
    return
  }
  busy += 1
  setTimeout(() => {
    busy -= 1
    waiting.shift()?.()
    done(true)
  }, UPSTREAM_MS)
}
