import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alertOn, alertsOf } from '../../../test/fixtures/alerts.ts'
import { TOPOLOGY, WEB_1 } from '../../../test/gate-world.ts'
import type { Sight } from '../../assess/measure.ts'
import { parseCondition } from '../../domain/condition/parse.ts'
import { conditionText } from '../../domain/condition/text.ts'
import type { Chart } from '../../domain/chart.ts'
import { createWindows } from '../../signals/windows.ts'
import { chartsOf, mergedCharts, thinned, type Range } from './charts.ts'
import { plotted, signalSide } from './plotted.ts'

const BEGIN = 1_000_000

/** A second between samples; undefined is a second in which nobody could see. */
function sightOf(values: readonly (number | undefined)[], metric = 'x'): Sight {
  const windows = createWindows({ capacity: 1000 })
  for (const [i, value] of values.entries()) {
    const at = BEGIN + i * 1000
    const samples = value === undefined ? [] : [{ metric, labels: {}, target: WEB_1, at, value }]
    windows.add({ source: 's', intervalMs: 1000, samples })
  }
  return { windows, topology: TOPOLOGY, now: BEGIN + (values.length - 1) * 1000 }
}
const range = (points = 300): Range => ({ from: 0, to: BEGIN + 10_000_000, points })
const chart = (condition: string, sight: Sight, points?: number): Chart[] =>
  chartsOf({ expectations: [{ policy: 'p', target: WEB_1, condition }], guards: [] }, sight, range(points))

describe('what a condition is about', () => {
  test.each([
    ['up == 0 for 3 samples', ['up | 0']],
    ['up == 1 and qps > 10 and latency_ms > 150 for 6 samples', ['latency_ms | 150']],
    ['a > 1 or b < 2', ['a | 1', 'b | 2']],
    ['90 < disk_usage', ['disk_usage | 90']],
    ['qps > threshold * 2', ['qps | threshold * 2']],
    ['disk_usage > 90 for 2 samples until disk_usage < 85', ['disk_usage | 90']],
    ['x > 1 and alert{alertname="A"}', ['x | 1']],
    ['alert{alertname="A"}', []],
    ['not (up == 1)', []],
  ])('%s', (text, expected) => {
    const sides = plotted(parseCondition(text)).map(signalSide)
    expect(sides.map(({ signal, limit }) => `${conditionText(signal)} | ${conditionText(limit)}`)).toEqual(expected)
  })
})

test('a chart shows the values, the limit, and where nobody could see', () => {
  const [only] = chart('x > 3 for 2 samples', sightOf([1, 5, undefined, undefined, undefined, undefined, 2]))
  expect(only).toMatchObject({ signal: 'p', target: WEB_1, expression: 'x', limit: 3 })
  expect(only!.points).toEqual([
    [BEGIN, 1],
    [BEGIN + 1000, 5],
    [BEGIN + 4001, null],
    [BEGIN + 6000, 2],
  ])
})

test('a condition without a number shows whether it is violated', () => {
  const [negated] = chart('not (x == 1)', sightOf([1, 0, 0, 1]))
  expect(negated!.points.map(([, value]) => value)).toEqual([0, 1, 1, 0])
  const alerts = alertsOf(alertOn(WEB_1, { startsAt: BEGIN + 2000 }))
  const [alerted] = chart('alert{alertname="HighErrors"} for 1m', { ...sightOf([]), now: BEGIN + 9000, alerts })
  expect(alerted!.points.map(([, value]) => value)).toEqual([0, 0, 1, 1])
})

test('a guard has its own limit', () => {
  const guards = [{ name: 'users', target: WEB_1, expr: 'x / 100', max: 0.02 }]
  const [only] = chartsOf({ expectations: [], guards }, sightOf([1, 2]), range())
  expect(only).toMatchObject({ signal: 'users', limit: 0.02, expression: 'x / 100' })
  expect(only!.points.map(([, value]) => value)).toEqual([0.01, 0.02])
})

const values = fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined, freq: 4 }), { maxLength: 80 })

test('a chart never has more points than it may, they follow each other in time, and keep the newest', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 2, max: 40 }), (seen, most) => {
      const [only] = chart('x > 3', sightOf(seen), most)
      const times = only!.points.map(([at]) => at)
      expect(times.length).toBeLessThanOrEqual(most)
      expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
      const last = seen.findLastIndex((value) => value !== undefined)
      if (last >= 0 && last === seen.length - 1) expect(only!.points.at(-1)?.[1] ?? null).toBe(seen[last] ?? null)
    }),
  )
})

test('what was kept stands before what the windows still hold, within the same bounds', () => {
  const points = fc
    .uniqueArray(fc.integer({ min: 0, max: 500 }), { maxLength: 60 })
    .map((times) => times.toSorted((a, b) => a - b).map((at) => [at, at] as const))
  fc.assert(
    fc.property(points, points, fc.integer({ min: 2, max: 50 }), (kept, now, most) => {
      const of = { signal: 'p', target: WEB_1, expression: 'x' }
      const merged = mergedCharts([{ ...of, points: kept }], [{ ...of, points: now }], most)
      expect(merged).toHaveLength(1)
      const times = merged[0]!.points.map(([at]) => at)
      expect(times.length).toBeLessThanOrEqual(most)
      expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
      if (kept.length + now.length <= most) for (const [at] of now) expect(times).toContain(at)
    }),
  )
})

test('thinning keeps the first and the last', () => {
  expect(thinned([1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([1, 5, 9])
  expect(thinned([1, 2], 3)).toEqual([1, 2])
})
