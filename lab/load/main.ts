import { Agent, request } from 'node:http'
import { requestLine, SERVED_WITHIN_MS } from './protocol.ts'

/**
 * The users of the shop, as a process of their own: `main URL RATE`. Open loop: the n-th request is sent when it is
 * due, whether or not earlier ones were answered. One line for each request that ended goes to standard output; when
 * nobody reads there any more, this ends. What it keeps in memory is only what is in flight, and that is capped.
 */
const TICK_MS = 10
const FLUSH_MS = 50
const MOST_IN_FLIGHT = 2000

const url = new URL(process.argv[2] ?? '')
const perSecond = Number(process.argv[3])
const agent = new Agent({ keepAlive: true })
const startedAt = performance.now()
let sent = 0
let inFlight = 0
let lines = ''

process.stdout.on('error', () => process.exit(0))
process.once('SIGTERM', () => process.exit(0))
setInterval(sendWhatIsDue, TICK_MS)
setInterval(flush, FLUSH_MS)

function sendWhatIsDue(): void {
  const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond)
  // After a standstill of this very process the arrears are forgiven: they would be a burst that no user makes.
  if (due - sent > perSecond) sent = due
  for (; sent < due; sent++) send(`/items/${sent % 1000}`)
}

function send(path: string): void {
  const [sentAt, began] = [Date.now(), performance.now()]
  if (inFlight >= MOST_IN_FLIGHT) return void (lines += requestLine({ sentAt, ms: 0, ok: false }))
  inFlight += 1
  let open = true
  const settle = (ok: boolean): void => {
    if (!open) return
    open = false
    inFlight -= 1
    clearTimeout(timer)
    const ms = performance.now() - began
    lines += requestLine({ sentAt, ms, ok: ok && ms <= SERVED_WITHIN_MS })
  }
  const asked = request({ agent, host: url.hostname, port: url.port, path }, (response) => {
    response.resume()
    response.on('end', () => settle(response.statusCode === 200))
    response.on('error', () => settle(false))
  })
  const timer = setTimeout(() => {
    settle(false)
    asked.destroy()
  }, SERVED_WITHIN_MS)
  asked.on('error', () => settle(false))
  asked.end()
}

function flush(): void {
  if (lines === '') return
  process.stdout.write(lines)
  lines = ''
}
