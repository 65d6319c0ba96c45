import { instanceOptions, metric, reply, serve } from './instance.ts'
import { askInTurn } from './peers.ts'

/** Takes jobs from the queues of the api instances, in turn, and counts what it has done. */
const IDLE_MS = 50
const JOB_MS = 2
const API_TIMEOUT_MS = 1000

const options = instanceOptions()
const ask = askInTurn(options.peers, API_TIMEOUT_MS)
let processed = 0

serve(options, {
  answer: (_request, response) => reply(response, 404, 'a worker has no pages\n'),
  metrics: () => metric('shop_jobs_processed_total', 'counter', processed),
})
void work()

async function work(): Promise<never> {
  for (;;) {
    const { status } = await ask('/jobs/take', 'POST')
    if (status === 200) processed += 1
    await new Promise((resolve) => setTimeout(resolve, status === 200 ? JOB_MS : IDLE_MS))
  }
}
