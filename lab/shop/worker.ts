import { instanceOptions, reply, serve } from './instance.ts'
import { metric } from './meter.ts'
import { ask, keptConnections } from './peers.ts'

/** Takes jobs from the queues of the api instances, and counts what it has done. */
const IDLE_MS = 100
const JOB_MS = 2
const API_TIMEOUT_MS = 1000

const options = instanceOptions()
const agent = keptConnections()
let processed = 0

serve(options, {
  answer: (_request, response) => reply(response, 404, 'a worker has no pages\n'),
  metrics: () => metric('shop_jobs_processed_total', 'counter', processed),
})
void work()

async function work(): Promise<never> {
  for (;;) {
    const asking = { peer: options.upstream ?? '', path: '/jobs/take', timeoutMs: API_TIMEOUT_MS, agent }
    const { status } = await ask({ ...asking, method: 'POST' })
    if (status === 200) processed += 1
    await new Promise((resolve) => setTimeout(resolve, status === 200 ? JOB_MS : IDLE_MS))
  }
}
