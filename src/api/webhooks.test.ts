import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { secretFor, startedApi, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'
import type { WebhookConfig } from '../config/config.ts'
import { secretOf } from '../config/secret.ts'

let api: StartedApi
beforeEach(async () => {
  const tokens = [tokenFor('sender'), tokenFor('viewer')]
  api = await startedApi({ access: () => ({ access: { tokens } }) })
})
afterEach(() => api.close())

const DELIVERY = {
  version: '4',
  alerts: [{ status: 'firing', labels: { alertname: 'HighErrorRate' }, startsAt: '2026-11-21T08:56:27.234Z' }],
}
const POSTED = JSON.stringify(DELIVERY.alerts)

function deliver(path: string, body: string, secret?: string): Promise<Response> {
  const authorization = secret === undefined ? {} : { authorization: `Bearer ${secret}` }
  return fetch(api.base + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...authorization },
  })
}
const stored = async (): Promise<number> => (await api.record.entries({ limit: 1000 })).length

test('a forged delivery stores nothing, and is told by a problem document', async () => {
  for (const secret of [undefined, 'wrong-0123456789abcdef', secretFor('viewer')]) {
    for (const [path, body] of [
      ['/webhooks/alertmanager', JSON.stringify(DELIVERY)],
      ['/api/v2/alerts', POSTED],
    ] as const) {
      const answer = await deliver(path, body, secret)
      expect(answer.status, `${path} ${secret}`).toBe(secret === secretFor('viewer') ? 403 : 401)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
    }
  }
  expect([api.book.all(), await stored()]).toEqual([[], 0])
})

test('a replayed delivery is answered as one that came through, and stores nothing twice', async () => {
  const sender = secretFor('sender')
  const first = await deliver('/webhooks/alertmanager', JSON.stringify(DELIVERY), sender)
  expect([first.status, await first.json()]).toEqual([200, { stored: 1, repeated: 0, refused: [] }])
  const entries = await stored()
  for (let n = 0; n < 5; n++) {
    const again = await deliver('/webhooks/alertmanager', JSON.stringify(DELIVERY), sender)
    expect([again.status, await again.json()]).toEqual([200, { stored: 0, repeated: 1, refused: [] }])
    expect((await deliver('/api/v2/alerts', POSTED, sender)).status).toBe(200)
  }
  expect([api.book.all().length, await stored()]).toEqual([1, entries])
})

test('a body is not even read from whoever may not send', async () => {
  const answer = await deliver(
    '/webhooks/alertmanager',
    `{"alerts":[${' '.repeat(3 << 20)}]}`,
    'wrong-0123456789abcdef',
  )
  expect(answer.status).toBe(401)
})

describe('a sender that signs what it posts', () => {
  const SECRET = 'hub-secret-0123456789'
  const hub: WebhookConfig = {
    name: 'hub',
    secret: secretOf(SECRET),
    header: 'X-Hub-Signature-256',
    toleranceMs: 300_000,
  }
  const timed: WebhookConfig = {
    ...hub,
    name: 'timed',
    secret: secretOf('timed-secret-0123456'),
    header: 'X-Signature',
    timestampHeader: 'X-Time',
  }
  const NOW_S = 1_795_252_000
  let now: number
  let signed: StartedApi
  beforeEach(async () => {
    now = NOW_S * 1000
    const access = () => ({ access: { tokens: [tokenFor('sender')], webhooks: [hub, timed] } })
    signed = await startedApi({ access, now: () => now })
  })
  afterEach(() => signed.close())

  const hex = (body: string, secret = SECRET): string => createHmac('sha256', secret).update(body).digest('hex')
  const post = async (headers: Record<string, string>, body = POSTED, path = '/api/v2/alerts'): Promise<number> => {
    // Guesses are slowed down, and here they are not what is asked about.
    now += 7000
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }
    return (await fetch(signed.base + path, init)).status
  }
  const told = async (): Promise<unknown> => [signed.book.all().length, (await signed.record.entries({})).length]

  test('is let in by each way, beside tokens', async () => {
    expect(await post({ 'x-hub-signature-256': `sha256=${hex(POSTED)}` })).toBe(200)
    const delivery = JSON.stringify(DELIVERY)
    expect(await post({ 'x-hub-signature-256': hex(delivery).toUpperCase() }, delivery, '/webhooks/alertmanager')).toBe(
      200,
    )
    expect(
      await post(
        { 'x-hub-signature-256': `sha256=${hex('{"resourceSpans":[]}')}` },
        '{"resourceSpans":[]}',
        '/v1/traces',
      ),
    ).toBe(200)
    expect(await post({ authorization: `Bearer ${secretFor('sender')}` })).toBe(200)
  })

  test('and whose signature is not over this very body stores nothing', async () => {
    const good = hex(POSTED)
    const forged = [
      hex(POSTED, 'another-secret-0123'),
      hex(`${POSTED} `),
      hex(''),
      '',
      'sha256=',
      good.slice(1),
      `${good}0`,
      `sha1=${good}`,
      'z'.repeat(64),
      hex(POSTED, 'timed-secret-0123456'),
    ]
    for (const one of forged) expect(await post({ 'x-hub-signature-256': one }), one).toBe(401)
    expect(await post({})).toBe(401)
    expect(await post({ 'x-hub-signature-256': good, authorization: 'Bearer wrong-0123456789abcdef' })).toBe(401)
    expect(await told()).toEqual([0, 0])
  })

  test('says when, where that is asked, and then neither an old nor an early one counts', async () => {
    const at = (s: number, body = POSTED): Record<string, string> => ({
      'x-time': String(s),
      'x-signature': `sha256=${hex(`${s}.${body}`, 'timed-secret-0123456')}`,
    })
    expect(await post(at(NOW_S))).toBe(200)
    expect(await post(at(NOW_S - 400))).toBe(401)
    expect(await post(at(NOW_S + 400))).toBe(401)
    expect(await post({ ...at(NOW_S), 'x-time': String(NOW_S + 1) })).toBe(401)
    expect(await post({ ...at(NOW_S), 'x-time': 'now' })).toBe(401)
    expect(await post({ 'x-signature': `sha256=${hex(POSTED, 'timed-secret-0123456')}` })).toBe(401)
    // Sent again when its time is over.
    now += 300_000
    expect(await post(at(NOW_S))).toBe(401)
  })

  test('is slowed down when it guesses, before its body is read', async () => {
    const statuses = []
    for (let n = 0; n < 12; n++) {
      now -= 7000
      statuses.push(await post({ 'x-hub-signature-256': hex(`${n}`) }))
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429])
  })
})
