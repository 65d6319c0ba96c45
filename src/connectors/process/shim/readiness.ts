import { get } from 'node:http'
import { connect } from 'node:net'
import type { Ready } from './schema.ts'

/** An answer that takes longer is no: whoever asks the shim must not wait for a frozen instance. */
const TIMEOUT_MS = 250
/** An answer counts for this long, so that a look followed by a restart asks once. */
const KEEP_MS = 100

/** Asks the process that has this identity whether it can serve; never throws. */
export type Readiness = (identity: string) => Promise<boolean>

/** The readiness check of one instance. Questions that come while one is under way share its answer. */
export function readinessOf(ready: Ready, address: string): Readiness {
  let last: { identity: string; answer: Promise<boolean>; untilMs: number } | undefined
  return (identity) => {
    if (last?.identity === identity && performance.now() < last.untilMs) return last.answer
    const asked = { identity, answer: ask(ready, address), untilMs: Infinity }
    void asked.answer.then(() => (asked.untilMs = performance.now() + KEEP_MS))
    last = asked
    return asked.answer
  }
}

function ask(ready: Ready, address: string): Promise<boolean> {
  if (ready === 'none') return Promise.resolve(true)
  return 'http' in ready ? answersHttp(`http://${address}${ready.http}`) : acceptsTcp(address)
}

function answersHttp(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      const { statusCode = 0 } = response
      resolve(statusCode >= 200 && statusCode < 300)
      response.destroy()
    })
    request.on('error', () => resolve(false))
  })
}

function acceptsTcp(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port), timeout: TIMEOUT_MS })
    const settle = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}
