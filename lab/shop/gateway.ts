import { instanceOptions, logLine, metric, reply, serve } from './instance.ts'
import { askInTurn } from './peers.ts'

/** The front door: a balancer over the web instances that tries the next in turn for each request, once. */
const BACKEND_TIMEOUT_MS = 1000
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

const options = instanceOptions()
const ask = askInTurn(options.peers, BACKEND_TIMEOUT_MS)
const counts = { total: 0, failed: 0, seconds: 0, buckets: BUCKETS_SECONDS.map(() => 0) }
let failing = false

serve(options, {
  answer(request, response) {
    const startedAt = performance.now()
    response.on('close', () => count(response.writableFinished && response.statusCode < 500, startedAt))
    void ask(request.url ?? '/').then(({ status, body }) => reply(response, status, body))
  },
  metrics: () =>
    metric('shop_requests_total', 'counter', counts.total) +
    metric('shop_requests_failed_total', 'counter', counts.failed) +
    histogram(),
})

/** A request that the user gave up on has failed, too. */
function count(served: boolean, startedAt: number): void {
  const seconds = (performance.now() - startedAt) / 1000
  counts.total += 1
  counts.seconds += seconds
  const bucket = BUCKETS_SECONDS.findIndex((limit) => seconds <= limit)
  if (bucket >= 0) counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1
  if (!served) counts.failed += 1
  // Only the change is worth a line: half of 300 requests a second would fill a disk.
  if (served === failing)
    logLine(options, failing ? 'info' : 'warn', failing ? 'a request was served' : 'a request failed')
  failing = !served
}

function histogram(): string {
  const name = 'shop_request_duration_seconds'
  let sum = 0
  const lines = BUCKETS_SECONDS.map((limit, i) => `${name}_bucket{le="${limit}"} ${(sum += counts.buckets[i] ?? 0)}\n`)
  return (
    `# TYPE ${name} histogram\n${lines.join('')}${name}_bucket{le="+Inf"} ${counts.total}\n` +
    `${name}_sum ${counts.seconds}\n${name}_count ${counts.total}\n`
  )
}
