import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RetryableError, TerminalError } from '../../domain/errors.ts'
import { wants } from '../channel.ts'
import type { Message } from '../message.ts'
import { slackChannel } from './slack.ts'
import { webhookChannel } from './webhook.ts'

type Got = { readonly headers: Record<string, unknown>; readonly body: Record<string, unknown> }

let server: Server
let got: Got[]
let answer: { readonly status: number; readonly headers?: Record<string, string> }
beforeEach(async () => {
  got = []
  answer = { status: 200 }
  server = createServer((request, response) => {
    void text(request).then((body) => {
      got.push({ headers: request.headers, body: JSON.parse(body) as Got['body'] })
      response.writeHead(answer.status, answer.headers).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-part`
const { signal } = new AbortController()
const message: Message = {
  key: 'inc-1/7',
  occasion: 'needs-person',
  severity: 'high',
  at: 0,
  title: '<!channel> *web* & co',
  lines: ['What happened: <script>alert(1)</script>'],
  incident: 'inc-1',
}

describe('a webhook', () => {
  test('gets the message whole, with its key and the headers of the file', async () => {
    await webhookChannel({ name: 'w' }, { url: url(), headers: { authorization: 'Bearer t' } }).send(message, signal)
    expect(got[0]?.body).toEqual({ version: 1, ...message })
    expect(got[0]?.headers).toMatchObject({ 'idempotency-key': 'inc-1/7', authorization: 'Bearer t' })
  })

  test.each([
    [503, RetryableError],
    [429, RetryableError],
    [400, TerminalError],
    [302, TerminalError],
  ])('that answers %i fails, and its URL stands in no message', async (status, error) => {
    answer = { status, headers: { location: 'http://127.0.0.1:1/', 'retry-after': '7' } }
    const failure = await webhookChannel({ name: 'w' }, { url: url() })
      .send(message, signal)
      .catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(error)
    expect(String(failure)).not.toContain('secret-part')
    expect(got).toHaveLength(1)
    if (failure instanceof RetryableError) expect(failure.retryAfterMs).toBe(7000)
  })

  test('that is not there may be tried again', async () => {
    const send = webhookChannel({ name: 'w' }, { url: 'http://127.0.0.1:1/secret-part' }).send(message, signal)
    const failure = await send.catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(RetryableError)
    expect(String(failure)).not.toContain('secret-part')
  })
})

test('Slack gets plain text only: nothing from outside is markup or a mention there', async () => {
  await slackChannel({ name: 's' }, { url: url() }).send(message, signal)
  const { text: shown, blocks } = (got[0] ?? { body: {} }).body as {
    text: string
    blocks: { text: { type: string } }[]
  }
  expect(shown).toBe('&lt;!channel&gt; *web* &amp; co')
  expect(blocks.map(({ text: { type } }) => type)).toEqual(['plain_text', 'plain_text'])
})

test('a channel hears of what it asked for, and of nothing less severe than it said', () => {
  expect(wants({}, message)).toBe(true)
  expect(wants({}, { ...message, occasion: 'opened' })).toBe(false)
  expect(wants({ on: ['closed'] }, message)).toBe(false)
  expect(wants({ least: 'critical' }, message)).toBe(false)
})
