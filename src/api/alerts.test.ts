import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listeningOperator } from '../../test/fixtures/operator.ts'
import { quickRecord } from '../../test/fixtures/record.ts'
import { RecordUnwritableError, RetryableError } from '../domain/errors.ts'
import { openAlerts, type AlertBook } from '../engine/alerts/book.ts'
import { systemClock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import type { OwnedRecord } from '../store/record.ts'
import { socketPathIn } from './socket.ts'
import { startApi, type RunningApi } from './start.ts'

let folder: string
let record: OwnedRecord
let book: AlertBook
let api: RunningApi
let base: string
let refusal: Error | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'api-'))
  record = await quickRecord(folder)
  refusal = undefined
  const aim = () => ({ kind: 'unmapped', reason: 'a test' }) as const
  book = await openAlerts({ record, clock: systemClock(), aim, wake: () => {} })
  api = await startApi({
    operator: listeningOperator(),
    reader: record,
    metrics: async () => '',
    alerts: {
      receive: async (alerts) => {
        if (refusal) throw refusal
        return book.receive(alerts)
      },
    },
    socketPath: socketPathIn(folder),
    listen: { host: '127.0.0.1', port: 0 },
    log: silentLog,
  })
  base = `http://127.0.0.1:${api.port}`
})
afterEach(async () => {
  await api.close()
  await record.close()
  rmSync(folder, { recursive: true })
})

const POSTED = '/api/v2/alerts'
const WEBHOOK = '/webhooks/alertmanager'

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(base + path, { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } })
}

const alertOf = (alertname: string): object => ({
  status: 'firing',
  labels: { alertname },
  startsAt: '2026-11-21T08:56:27.234Z',
  endsAt: '0001-01-01T00:00:00Z',
})
const names = (): string[] =>
  book
    .all()
    .map(({ labels }) => labels['alertname'] ?? '')
    .sort()

describe('POST /api/v2/alerts', () => {
  test('answers 200 with nothing in it, as Alertmanager does', async () => {
    const answer = await post(POSTED, [alertOf('a'), alertOf('b')])
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(names()).toEqual(['a', 'b'])
    expect((await post(POSTED, [])).status).toBe(200)
  })

  test('stores what can be stored, and says by a 400 what could not', async () => {
    const answer = await post(POSTED, [{ labels: {} }, alertOf('a'), 7, { labels: { alertname: 'b' }, startsAt: 'x' }])
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await answer.json()).toMatchObject({
      detail: expect.stringMatching(/3 of 4 .*alert 0: .*no labels.*alert 3:/),
    })
    expect(names()).toEqual(['a'])
  })
})

describe('POST /webhooks/alertmanager', () => {
  test('counts what was new and what was known', async () => {
    const body = { version: '4', alerts: [alertOf('a'), alertOf('b')] }
    expect(await (await post(WEBHOOK, body)).json()).toEqual({ stored: 2, repeated: 0, refused: [] })
    expect(await (await post(WEBHOOK, body)).json()).toEqual({ stored: 0, repeated: 2, refused: [] })
  })

  test('answers 200 as long as one alert is good: a 4xx would cost the others of its group', async () => {
    const answer = await post(WEBHOOK, { alerts: [{ labels: {} }, alertOf('a')] })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ stored: 1, repeated: 0, refused: [{ index: 0, reason: 'it has no labels' }] })
    expect((await post(WEBHOOK, { alerts: [{ labels: {} }] })).status).toBe(400)
    expect(names()).toEqual(['a'])
  })
})

describe('both', () => {
  test('answer 5xx while nothing can be stored, and say when to come again', async () => {
    for (const [error, after] of [
      [new RecordUnwritableError('its disk is full'), '1'],
      [new RetryableError('the book is full', { retryAfterMs: 30_000 }), '30'],
    ] as const) {
      refusal = error
      // Also where some are bad: a 400 would not be sent again.
      for (const [path, body] of [
        [POSTED, [alertOf('a'), 7]],
        [WEBHOOK, { alerts: [alertOf('a'), 7] }],
      ] as const) {
        const answer = await post(path, body)
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, after])
      }
    }
  })

  test('refuse what is no JSON, no alerts, too large, or comes from a web page', async () => {
    for (const path of [POSTED, WEBHOOK]) {
      expect((await post(path, '{')).status).toBe(400)
      expect((await post(path, '')).status).toBe(400)
      expect((await post(path, '"alerts"')).status).toBe(400)
      expect((await post(path, '[]', { 'content-type': 'text/plain' })).status).toBe(415)
      expect((await post(path, `[${' '.repeat(5 << 20)}]`)).status).toBe(413)
      expect((await post(path, [alertOf('a')], { origin: 'http://evil.example' })).status).toBe(403)
      expect((await fetch(base + path)).status).toBe(404)
    }
    expect(names()).toEqual([])
  })

  test('take a body of thousands of alerts', async () => {
    const alerts = Array.from({ length: 5000 }, (_, n) => alertOf(`a${n}`))
    expect(await (await post(WEBHOOK, { alerts })).json()).toMatchObject({ stored: 5000 })
    expect((await post(POSTED, alerts)).status).toBe(200)
    expect(names()).toHaveLength(5000)
  })

  test('are there on the unix socket, too', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' }
      const call = request({ socketPath: socketPathIn(folder), method: 'POST', path: POSTED, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode))
      })
      call.on('error', reject)
      call.end(JSON.stringify([alertOf('a')]))
    })
    expect(status).toBe(200)
    expect(names()).toEqual(['a'])
  })

  test('whatever arrives, malformed or not, no valid alert is lost', async () => {
    const hostile = ['null', '[[]]', '{"alerts":null}', '[{"labels":{"a":{}}}]', `[${'['.repeat(5000)}`, '[1e999]']
    for (let n = 0; n < 100; n++) {
      const bad = hostile[n % hostile.length] ?? ''
      await Promise.all([post(POSTED, bad), post(WEBHOOK, bad), post(POSTED, [null, alertOf(`a${n}`), { labels: [] }])])
    }
    expect(names()).toHaveLength(100)
  })
})
