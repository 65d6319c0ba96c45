import { instanceOptions, reply, serve } from './instance.ts'
import { meter, metric } from './meter.ts'
import { workers } from './workers.ts'

/**
 * The upstream of the api, which stands for a database: a bounded number of workers, each of which takes a declared
 * time for every row it reads. What it says of its latency is per row, whatever the query.
 */
const WORKERS = 64
const MOST_WAITING = 64
const ROW_MS = 60
const BULK_ROWS = 5
const HOT_KEYS = 1000
/** The fault `slow-dependency`. */
const SLOWER_BY_MS = 400

const options = instanceOptions()
const counts = meter()
const staff = workers(WORKERS, () => MOST_WAITING)
let slowerByMs = 0

const bulk = JSON.stringify(Array.from({ length: HOT_KEYS }, (_, n) => [`/items/${n}`, `goods number ${n}`]))

serve(options, {
  answer(request, response) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://db')
    if (pathname === '/headroom') return reply(response, 200, JSON.stringify({ busyPercent: busyPercent() }))
    const rows = pathname === '/bulk' ? BULK_ROWS : Number(searchParams.get('rows') ?? 1)
    const beganAt = performance.now()
    staff.work(rows * ROW_MS + slowerByMs, (served) => {
      const secondsPerRow = (performance.now() - beganAt) / 1000 / rows
      for (let row = 0; row < rows; row++) counts.count(secondsPerRow, served)
      if (!served) reply(response, 503, 'too many queries wait\n')
      else reply(response, 200, pathname === '/bulk' ? bulk : `rows of ${pathname}`)
    })
  },
  metrics: () =>
    counts.text() +
    metric('shop_workers', 'gauge', WORKERS) +
    metric('shop_workers_busy', 'gauge', staff.busy()) +
    metric('shop_workers_waiting', 'gauge', staff.waiting()),
  ailments: { 'slow-dependency': () => (slowerByMs = SLOWER_BY_MS) },
})

function busyPercent(): number {
  return Math.round((100 * staff.busy()) / WORKERS)
}
