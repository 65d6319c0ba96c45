import { expect, test } from 'vitest'
import { WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import type { LogLine } from '../../domain/signal.ts'
import { createLogBook, newest } from './log-book.ts'

const line = (at: number, text = `e${at}`): LogLine => ({ at, text })
const add = { lines: 3, error: 1, fatal: 0 }

test('of error lines the newest few are kept, the same text once', () => {
  expect(newest(5, [line(1), line(2)], [line(3, 'e1')])).toEqual([line(2), line(3, 'e1')])
  const many = [1, 2, 3, 4, 5, 6, 7].map((at) => line(at))
  expect(newest(5, [], many)).toEqual(many.slice(2))
})

test('counts go up, and nothing is said of a target that nobody knows', () => {
  const book = createLogBook({ labels: { source: 'x' } })
  expect(book.samplesOf(WEB_1, 1)).toEqual([])
  book.add(WEB_1, add)
  book.add(WEB_1, { ...add, fatal: 2, skippedBytes: 9 })
  expect(book.samplesOf(WEB_1, 5).map(({ metric, labels, value }) => [metric, labels, value])).toEqual([
    ['log_lines_total', { source: 'x' }, 6],
    ['log_errors_total', { source: 'x', level: 'error' }, 2],
    ['log_errors_total', { source: 'x', level: 'fatal' }, 2],
    ['log_skipped_bytes_total', { source: 'x' }, 9],
  ])
  expect(book.samplesOf(WEB_1, 5)[1]?.labels).toBe(book.samplesOf(WEB_1, 6)[1]?.labels)
})

test('events stand among the error lines in the order of time', () => {
  const book = createLogBook({ perTarget: 2 })
  const event = { ...line(2, 'told'), isEvent: true } as const
  book.add(WEB_1, { ...add, errors: [line(1), line(3), line(4)] })
  book.add(WEB_1, { ...add, events: [event] })
  expect(book.errorsOf(WEB_1)).toEqual([event, line(3), line(4)])
})

test('of too many targets the one that is silent for longest is forgotten', () => {
  const book = createLogBook({ targets: 2 })
  for (const target of [WEB_1, WEB_2, WEB_1, 'lab:shop/instance/web-3'] as const) book.add(target, add)
  expect(book.samplesOf(WEB_2, 0)).toEqual([])
  expect(book.samplesOf(WEB_1, 0)).toHaveLength(4)
})
