import { expect, test } from 'vitest'
import { caseOf, finding, INTERVAL_MS, NOW, type Seen } from '../../../test/diagnosis-world.ts'
import { WEB, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import { resource } from './resource.ts'

const cpu = (...values: number[]): Seen => ({ target: WEB_1, metric: 'cpu_utilization', values })
const memory = (...values: number[]): Seen => ({ target: WEB_1, metric: 'memory_usage', values })
const disk = (...values: number[]): Seen => ({ target: WEB_1, metric: 'disk_usage', values })
const many = (count: number, value: number): number[] => Array.from({ length: count }, () => value)
const causes = (...seen: Seen[]): string[] => resource.suggest(caseOf(seen)).map(({ cause }) => cause)

test.each<[string, readonly Seen[], readonly string[]]>([
  ['short of CPU', [cpu(95), memory(20), disk(20)], ['cpu-pressure']],
  ['short of memory', [cpu(20), memory(95), disk(20)], ['memory-pressure']],
  ['short of disk', [cpu(20), memory(20), disk(95)], ['disk-full']],
  ['short of two', [cpu(91), memory(20), disk(95)], ['cpu-pressure', 'disk-full']],
  ['at the limit', [cpu(90), memory(90), disk(90)], ['unknown']],
  ['short of one, the others unseen', [memory(95)], ['memory-pressure']],
  ['well as far as is seen, which is not all', [cpu(20), memory(20)], []],
  ['nothing seen', [], []],
  ['not seen any more', [{ ...cpu(95), agoMs: 3 * INTERVAL_MS + 1 }, memory(20), disk(20)], []],
  ['two series that may both be meant', [cpu(95), cpu(99), memory(20), disk(20)], []],
])('%s', (_what, seen, expected) => {
  expect(causes(...seen)).toEqual(expected)
})

test('judges by the mean of the last ten samples, and keeps it by value', () => {
  expect(causes(cpu(...many(100, 0), ...many(10, 91)))).toEqual(['cpu-pressure'])
  expect(causes(cpu(...many(9, 85), 100))).toEqual([])
  const [found] = resource.suggest(caseOf([cpu(...many(9, 94), 100)]))
  expect(found?.for).toEqual([{ signal: 'cpu_utilization, mean of the last 10', value: 94.6, limit: 90, at: NOW }])
  expect(found).toMatchObject({ target: WEB_1, affected: [WEB_1], against: [] })
})

test('says what speaks against a shortage when there is none', () => {
  const [found] = resource.suggest(caseOf([cpu(10), memory(20), disk(30)]))
  expect(found).toMatchObject({ cause: 'unknown', confidence: 0.1, for: [] })
  expect(found?.against.map(({ value }) => value)).toEqual([10, 20, 30])
})

test('finds the part of a service that is short of something', () => {
  const seen = [cpu(20), { ...cpu(97), target: WEB_2 }]
  expect(resource.suggest(caseOf(seen, [finding(WEB)])).map(({ target }) => target)).toEqual([WEB_2])
})

test('reads a metric under the name that the configuration gives it', () => {
  const seen: Seen = { target: WEB_1, metric: 'busy_share', values: many(10, 0.97) }
  const aliases = new Map([['cpu_utilization', '100 * busy_share']])
  expect(resource.suggest({ ...caseOf([seen]), aliases })[0]?.for[0]?.value).toBe(97)
})

test('takes the last ten moments where a metric is made of several series', () => {
  const busy = { target: WEB_1, metric: 'busy', values: [...many(5, 0), ...many(5, 50)] }
  const waiting = { ...busy, metric: 'waiting', values: [...many(5, 0), ...many(5, 50)], agoMs: INTERVAL_MS / 2 }
  const aliases = new Map([['cpu_utilization', 'busy + waiting']])
  expect(resource.suggest({ ...caseOf([busy, waiting]), aliases })[0]?.for[0]).toMatchObject({ value: 95 })
})

test('is silent about what nobody sees', () => {
  expect(resource.suggest(caseOf([cpu(95)], [finding(WEB_1, 'blind')]))).toEqual([])
})
