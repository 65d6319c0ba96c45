import { expect, test } from 'vitest'
import { WEB_1 } from '../../../test/gate-world.ts'
import type { LogLevel, LogRecord } from '../../domain/log-record.ts'
import type { Labels, Observation } from '../../domain/signal.ts'
import { createWindows } from '../windows.ts'
import { receivedLines, type Received } from './received.ts'
import { summaryOf } from './summary.ts'

const NOW = Date.UTC(2026, 10, 22, 10)
const WEB: Labels = { app: 'web' }
const make = (): Received =>
  receivedLines({ name: 'received', intervalMs: 1000 }, ({ app }) => (app === 'web' ? WEB_1 : undefined))
const line = (level: LogLevel, text: string, at: number = NOW, labels: Labels = WEB): LogRecord => ({
  at,
  text,
  level,
  labels,
})
const errors = (seen: Observation | undefined): unknown[] =>
  (seen?.samples ?? []).filter(({ labels }) => labels['level'] === 'error').map(({ at, value }) => [at, value])

test('lines are counted by target, and a new target begins with nothing', () => {
  const received = make()
  received.take(line('error', 'no\u0007 room', NOW + 500), NOW)
  received.take(line('info', 'fine'), NOW)
  received.take(line('error', 'whose?', NOW, { app: 'other' }), NOW)
  expect(errors(received.observation(NOW))).toEqual([
    [NOW - 1000, 0],
    [NOW, 1],
  ])
  expect(received.errorsOf(WEB_1)).toEqual([{ at: NOW, text: 'no room' }])
  expect(received.counts()).toEqual({ lines: 3, events: 0, withoutTarget: 1 })
  received.takeSummaries(summaryOf([line('error', 'again'), line('error', 'again')], NOW), NOW)
  expect(errors(received.observation(NOW + 1000))).toEqual([[NOW + 1000, 3]])
  expect(received.errorsOf(WEB_1).map(({ text }) => text)).toEqual(['no room', 'again'])
})

test('a rise of errors is seen in the windows', () => {
  const received = make()
  const windows = createWindows()
  for (let round = 0; round < 10; round++) {
    const now = NOW + round * 1000
    received.take(line(round < 5 ? 'info' : 'error', 'a', now), now)
    windows.add(received.observation(now)!)
  }
  const [series] = windows.select(WEB_1, 'log_errors_total', [{ label: 'level', op: '=', value: 'error' }])
  expect(series?.valueAt(0)).toBe(0)
  expect(series?.valueAt(series.length - 1)).toBe(5)
})

test('a log that fell silent is not seen any more, and begins anew', () => {
  const received = make()
  received.take(line('error', 'a'), NOW)
  received.observation(NOW)
  expect(received.observation(NOW + 299_000)).toBeDefined()
  expect(received.observation(NOW + 301_000)).toBeUndefined()
  received.take(line('error', 'b', NOW + 400_000), NOW + 400_000)
  expect(errors(received.observation(NOW + 400_000))).toEqual([
    [NOW + 399_000, 0],
    [NOW + 400_000, 1],
  ])
})

test('what is long past is no error of now', () => {
  const received = make()
  received.take(line('error', 'old', NOW - 3_600_000), NOW)
  expect(errors(received.observation(NOW)).at(-1)).toEqual([NOW, 0])
  expect(received.errorsOf(WEB_1)).toEqual([])
})

test('a storm of errors keeps the newest few only', () => {
  const records = Array.from({ length: 5000 }, (_, i) => line('error', `e${i} ${'x'.repeat(1000)}`))
  const [summary] = summaryOf(records, NOW)
  expect(summary).toMatchObject({ lines: 5000, error: 5000, labels: WEB })
  expect(summary?.errors).toHaveLength(5)
  expect(summary?.errors?.at(-1)?.text).toMatch(/^e4999 x{1,200}\.\.\.$/)
})

test('events stand beside the lines', () => {
  const received = make()
  received.takeEvents([{ at: NOW + 5, type: 'deployed', source: '/ci', text: 'v7\u202E', labels: WEB }], NOW)
  received.takeEvents([{ at: NOW, type: 'deployed', source: '/ci', text: '', labels: {} }], NOW)
  expect(received.errorsOf(WEB_1)).toEqual([{ at: NOW, text: 'deployed: v7 (/ci)', isEvent: true }])
  expect(received.counts()).toEqual({ lines: 0, events: 2, withoutTarget: 1 })
})
