import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Json } from '../../src/lib/json.ts'
import { messageOf } from '../../src/domain/errors.ts'

/** What is said on a refusal: 409 the world is another, 422 a name or value that is not taken, 400 no such body. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: 400 | 404 | 409 | 413 | 422, message: string) {
    super(message)
    this.status = status
  }
}

/** One page of the control protocol: what it says, and what it does with the body of a POST. Both may throw a {@link Refusal}. */
export type Page = { get(): object; post(body: Body): object | Promise<object> }
export type Body = Readonly<Record<string, unknown>>

const MOST_BYTES = 64 * 1024

/** Answers a request about a page. Every answer is JSON; one that is not 200 is `{ error }`. */
export function answerControl(page: Page, request: IncomingMessage, response: ServerResponse): void {
  void answerOf(page, request).then(
    (answer) => send(response, 200, answer),
    (thrown: unknown) => send(response, thrown instanceof Refusal ? thrown.status : 500, { error: messageOf(thrown) }),
  )
}

async function answerOf(page: Page, request: IncomingMessage): Promise<object> {
  if (request.method === 'GET') return page.get()
  if (request.method !== 'POST') throw new Refusal(404, `no ${request.method} ${request.url}: use GET or POST`)
  const size = Number(request.headers['content-length'] ?? NaN)
  if (!(size <= MOST_BYTES)) throw new Refusal(413, `send a content-length of at most ${MOST_BYTES}`)
  const body = await text(request)
  return page.post(recordOf(parsed(body), 'the body'))
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (thrown) {
    throw new Refusal(400, `cannot read the body: ${messageOf(thrown)}`)
  }
}

function send(response: ServerResponse, status: number, answer: object): void {
  const body = JSON.stringify(answer)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** A part of a body that must be a JSON object. Throws a 400. */
export function recordOf(value: unknown, what: string): Readonly<Record<string, Json>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, Json>
  throw new Refusal(400, `${what} is no JSON object`)
}

/** The idempotency key of a change. Throws a 400. */
export function keyOf({ key }: Body): string {
  if (typeof key === 'string' && key !== '' && key.length <= 256) return key
  throw new Refusal(400, 'key must be a text of 1 to 256 characters')
}
