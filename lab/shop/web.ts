import { instanceOptions, metric, reply, serve } from './instance.ts'
import { askInTurn } from './peers.ts'

/** Renders a page from what an api instance says. Shorter patience than the gateway's, so that the cause is named. */
const API_TIMEOUT_MS = 800

const options = instanceOptions()
const ask = askInTurn(options.peers, API_TIMEOUT_MS)
const counts = { total: 0, failed: 0, inFlight: 0 }

serve(options, {
  answer(request, response) {
    counts.total += 1
    counts.inFlight += 1
    response.on('close', () => (counts.inFlight -= 1))
    void ask(request.url ?? '/').then(({ status, body }) => {
      if (status >= 500) counts.failed += 1
      reply(response, status, status === 200 ? `<!doctype html><p>${body}</p>\n` : body)
    })
  },
  metrics: () =>
    metric('shop_web_requests_total', 'counter', counts.total) +
    metric('shop_web_requests_failed_total', 'counter', counts.failed) +
    metric('shop_web_in_flight', 'gauge', counts.inFlight),
})
