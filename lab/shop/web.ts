import { instanceOptions, reply, serve } from './instance.ts'
import { meter } from './meter.ts'
import { ask, keptConnections } from './peers.ts'
import { tracer } from './traces.ts'

/** Renders a page from what an api instance says. Shorter patience than the balancer's, so that the cause is named. */
const API_TIMEOUT_MS = 1500

const options = instanceOptions()
const counts = meter()
const trace = tracer(options)
const agent = keptConnections()

serve(options, {
  answer(request, response) {
    const beganAt = performance.now()
    const { url: path = '/', method } = request
    const span = trace(path.split('/')[1] ?? '', request.headers.traceparent)
    const call = span?.call('api')
    const asking = { peer: options.upstream ?? '', path, timeoutMs: API_TIMEOUT_MS, agent, waiting: response }
    const isPost = method === 'POST'
    void ask({ ...asking, ...(isPost && { method }), ...(call && { headers: call.header }) }).then(
      ({ status, body }) => {
        call?.end(status < 500)
        counts.count((performance.now() - beganAt) / 1000, status < 499)
        reply(response, status, status === 200 ? `<!doctype html><p>${body}</p>\n` : body)
        span?.end(status < 500)
      },
    )
  },
  metrics: () => counts.text(),
})
