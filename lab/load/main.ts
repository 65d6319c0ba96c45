import { Agent, request } from 'node:http'
import { requestLine, SERVED_WITHIN_MS } from './protocol.ts'
import { rateIn } from './rate.ts'

/**
 * The users of the shop, as a process of their own: `main URL DIR`. Four of five look at goods, the fifth orders. Open
 * loop: the n-th request is sent when it is due, whether or not earlier ones were answered. How many come in a second
 * stands in the shop's folder and may change at any time. One line for each request that ended goes to standard output; when
 * nobody reads there any more, this ends. What it keeps in memory is only what is in flight, and that is capped.
 */
const TICK_MS = 10
const FLUSH_MS = 50
const LOOK_AT_RATE_MS = 100
/**
 * A user who was not served in time has been let down, and still waits a while. If everybody broke off at once, every
 * connection on the way would be opened anew, and a shop that was slow for a moment would stay so.
 */
const BREAKS_OFF_AFTER_MS = 2500
const GOODS = 1000
const ORDER_EVERY = 5
const MOST_IN_FLIGHT = 600

const url = new URL(process.argv[2] ?? '')
const dir = process.argv[3] ?? ''
const agent = new Agent({ keepAlive: true })
let perSecond = rateIn(dir)
let due = 0
let countedAt = performance.now()
let sent = 0
let inFlight = 0
let lines = ''

process.stdout.on('error', () => process.exit(0))
process.once('SIGTERM', () => process.exit(0))
setInterval(sendWhatIsDue, TICK_MS)
setInterval(flush, FLUSH_MS)
setInterval(() => (perSecond = rateIn(dir)), LOOK_AT_RATE_MS)

function sendWhatIsDue(): void {
  const now = performance.now()
  due += ((now - countedAt) / 1000) * perSecond
  countedAt = now
  // After a standstill of this very process the arrears are forgiven: they would be a burst that no user makes.
  if (due - sent > perSecond) sent = Math.floor(due)
  for (; sent < Math.floor(due); sent++) {
    // By their own count, so that all goods come round whatever the orders are.
    if (sent % ORDER_EVERY === 0) send('POST', `/orders/${sent}`)
    else send('GET', `/items/${(sent * 7) % GOODS}`)
  }
}

function send(method: 'GET' | 'POST', path: string): void {
  const [sentAt, began] = [Date.now(), performance.now()]
  if (inFlight >= MOST_IN_FLIGHT) return void (lines += requestLine({ sentAt, ms: 0, ok: false }))
  inFlight += 1
  let open = true
  const settle = (ok: boolean): void => {
    if (!open) return
    open = false
    clearTimeout(late)
    const ms = performance.now() - began
    lines += requestLine({ sentAt, ms, ok: ok && ms <= SERVED_WITHIN_MS })
  }
  const asked = request({ agent, host: url.hostname, port: url.port, method, path }, (response) => {
    response.resume()
    response.on('end', () => settle(response.statusCode === 200))
    response.on('error', () => settle(false))
  })
  const late = setTimeout(() => settle(false), SERVED_WITHIN_MS)
  const brokenOff = setTimeout(() => asked.destroy(), BREAKS_OFF_AFTER_MS)
  asked.on('error', () => settle(false))
  asked.on('close', () => {
    inFlight -= 1
    clearTimeout(brokenOff)
    settle(false)
  })
  asked.end()
}

function flush(): void {
  if (lines === '') return
  process.stdout.write(lines)
  lines = ''
}
