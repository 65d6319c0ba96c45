import { afterEach, beforeEach, expect, test } from 'vitest'
import { secretFor, startedApi, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'

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
