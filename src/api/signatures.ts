import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { WebhookConfig } from '../config/config.ts'
import { UnauthorizedError } from './problem.ts'

/** The sender whose header of a signature a request carries. */
export function signedBy(headers: IncomingHttpHeaders, webhooks: readonly WebhookConfig[]): readonly WebhookConfig[] {
  return webhooks.filter(({ header }) => headers[header.toLowerCase()] !== undefined)
}

/**
 * Throws UnauthorizedError unless one of the senders signed exactly this body, and lately, where it says when. What is
 * signed is the body, or `TIME.BODY` where a header holds the time.
 *
 * @param now epoch milliseconds
 */
export function mustBeSigned(
  headers: IncomingHttpHeaders,
  body: Buffer,
  webhooks: readonly WebhookConfig[],
  now: number,
): void {
  const isGood = webhooks.map((one) => isSigned(headers, body, one, now))
  if (isGood.includes(true)) return
  throw new UnauthorizedError('the signature is not that of a sender known here for this body, or it is too old')
}

function isSigned(headers: IncomingHttpHeaders, body: Buffer, webhook: WebhookConfig, now: number): boolean {
  const { secret, header, timestampHeader, toleranceMs } = webhook
  const time = timestampHeader === undefined ? undefined : headers[timestampHeader.toLowerCase()]
  if (timestampHeader !== undefined && !isOfNow(time, now, toleranceMs)) return false
  const hmac = createHmac('sha256', secret.reveal())
  if (time !== undefined) hmac.update(`${String(time)}.`)
  const ours = hmac.update(body).digest()
  const [, hex = ''] = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(String(headers[header.toLowerCase()])) ?? []
  const theirs = Buffer.from(hex, 'hex')
  return theirs.length === ours.length && timingSafeEqual(theirs, ours)
}

/** Whether it is of now, by seconds of the epoch, as far as clocks may differ and mail may take. */
function isOfNow(time: string | string[] | undefined, now: number, toleranceMs: number): boolean {
  if (typeof time !== 'string' || !/^\d{9,12}$/.test(time)) return false
  return Math.abs(now - Number(time) * 1000) <= toleranceMs
}
