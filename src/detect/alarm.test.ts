import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAlarm, DEFAULT_ALARM } from './alarm.ts'
import { scoreOf } from './streams/measure.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** At which samples an alarm is raised. */
function raisedAt(evidence: readonly number[], settings = DEFAULT_ALARM, stepMs = MINUTE_MS): number[] {
  const alarm = createAlarm(settings)
  return evidence.flatMap((each, i) => (alarm.next(i * stepMs, scoreOf(each)).raised ? [i] : []))
}

test('one alarm is raised for one stretch of unusual samples, and lasts until it was quiet for long enough', () => {
  const alarm = createAlarm()
  const standings = Array.from({ length: 1000 }, (_, i) =>
    alarm.next(i * MINUTE_MS, scoreOf(i >= 100 && i < 300 ? 5 : 0)),
  )
  expect(standings.flatMap(({ raised }, i) => (raised ? [i] : []))).toEqual([100])
  expect(standings.findLastIndex(({ active }) => active)).toBe(300 + 6 * 60 - 1 + 0)
})

test('what hovers at the limit is one alarm, not many', () => {
  const hovering = Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 2 : 1.7))
  expect(raisedAt(hovering)).toHaveLength(1)
})

test('a minimum of samples in a row is waited for', () => {
  const pairs = Array.from({ length: 300 }, (_, i) => (i % 3 < 2 ? 5 : 0))
  expect(raisedAt(pairs, { ...DEFAULT_ALARM, minSamples: 3 })).toEqual([])
  expect(raisedAt(pairs, { ...DEFAULT_ALARM, minSamples: 2 })).toEqual([1])
})

test('after an alarm the next one needs more, for days', () => {
  const twice = (second: number, days: number): number =>
    raisedAt(
      Array.from({ length: 24 * 30 }, (_, i) => (i === 24 ? 2 : i === 24 * (days + 1) ? second : 0)),
      DEFAULT_ALARM,
      HOUR_MS,
    ).length
  expect(twice(2, 1)).toBe(1)
  expect(twice(3, 1)).toBe(2)
  expect(twice(2.1, 20)).toBe(2)
})

test('a smaller budget of false alarms never raises more', () => {
  const evidence = fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 200, maxLength: 400 })
  fc.assert(
    fc.property(evidence, (each) => {
      const first = (falseAlarmsPerDay: number): number =>
        raisedAt(each, { ...DEFAULT_ALARM, falseAlarmsPerDay })[0] ?? Number.POSITIVE_INFINITY
      expect(first(0.01)).toBeGreaterThanOrEqual(first(0.1))
      expect(first(0.1)).toBeGreaterThanOrEqual(first(1))
    }),
  )
})

test('saved as JSON and restored anywhere, it decides the same; no opinion changes nothing', () => {
  const evidence = fc.array(fc.oneof(fc.double({ min: 0, max: 4, noNaN: true }), fc.constant(Number.NaN)), {
    minLength: 100,
    maxLength: 300,
  })
  fc.assert(
    fc.property(evidence, fc.nat(99), (each, cut) => {
      const alarm = createAlarm()
      let restored = createAlarm()
      each.forEach((value, i) => {
        if (i === cut) restored = createAlarm(DEFAULT_ALARM, JSON.parse(JSON.stringify(alarm.save())))
        const standing = alarm.next(i * HOUR_MS, scoreOf(value))
        const again = i < cut ? standing : restored.next(i * HOUR_MS, scoreOf(value))
        expect(again).toEqual(standing)
      })
    }),
  )
})
