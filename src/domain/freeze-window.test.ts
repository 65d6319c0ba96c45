import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDuration } from '../lib/duration.ts'
import { nextOpening, openWindows, type FreezeWindow } from './freeze-window.ts'
import { readSchedule } from './schedule.ts'

const HOUR_MS = 3_600_000
const windowOf = (when: FreezeWindow['when']): FreezeWindow => ({ name: 'w', reason: 'r', when, allow: [] })
const cyclic = (start: string, hours: number, zone = 'Europe/Berlin'): FreezeWindow =>
  windowOf({ every: readSchedule(start, zone, parseDuration), lastsMs: hours * HOUR_MS })
const weekend = cyclic('0 18 * * 5', 62)

const shown = (ms: number): string => new Date(ms).toISOString().slice(0, 16)
const openAt = (window: FreezeWindow, time: string): string[] =>
  openWindows([window], Date.parse(time)).flatMap(({ since, until }) => [shown(since), shown(until)])

describe('a window by cron', () => {
  test.each([
    ['2026-11-20T16:59:59Z', []],
    ['2026-11-20T17:00:00Z', ['2026-11-20T17:00', '2026-11-23T07:00']],
    ['2026-11-23T06:59:59Z', ['2026-11-20T17:00', '2026-11-23T07:00']],
    ['2026-11-23T07:00:00Z', []],
  ])('at %s', (time, expected) => {
    expect(openAt(weekend, time)).toEqual(expected)
  })

  test('starts by the clocks of its zone in summer and in winter, and lasts as long over both changes of them', () => {
    // 18:00 in Berlin is 17:00Z before the clocks go forward, and 16:00Z before they go back; 62 hours are 62 hours.
    expect(openAt(weekend, '2026-03-29T12:00Z')).toEqual(['2026-03-27T17:00', '2026-03-30T07:00'])
    expect(openAt(weekend, '2026-10-25T12:00Z')).toEqual(['2026-10-23T16:00', '2026-10-26T06:00'])
  })

  test('one that starts in the hour that is skipped still opens, and one in the hour that comes twice is open once', () => {
    const night = cyclic('30 2 * * *', 1)
    const opened = (from: string): string[] => {
      const span = nextOpening(night, Date.parse(from))
      return span ? [shown(span.since), shown(span.until)] : []
    }
    expect(opened('2026-03-28T23:00Z')).toEqual(['2026-03-29T01:00', '2026-03-29T02:00'])
    expect(openAt(night, '2026-03-29T01:00Z')).toEqual(['2026-03-29T01:00', '2026-03-29T02:00'])
    expect(opened('2026-10-24T23:00Z')).toEqual(['2026-10-25T00:30', '2026-10-25T01:30'])
    expect(opened('2026-10-25T00:30Z')).toEqual(['2026-10-26T01:30', '2026-10-26T02:30'])
  })
})

test('a window between two dates opens once', () => {
  const feast = windowOf({ since: Date.parse('2026-12-20T00:00+01:00'), until: Date.parse('2027-01-04T00:00+01:00') })
  expect(openAt(feast, '2026-12-19T22:59:59Z')).toEqual([])
  expect(openAt(feast, '2026-12-19T23:00:00Z')).toEqual(['2026-12-19T23:00', '2027-01-03T23:00'])
  expect(openAt(feast, '2027-01-03T23:00:00Z')).toEqual([])
  expect(nextOpening(feast, Date.parse('2026-12-01T00:00Z'))?.since).toBe(Date.parse('2026-12-19T23:00:00Z'))
  expect(nextOpening(feast, Date.parse('2026-12-20T00:00Z'))).toBeUndefined()
})

const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC')
const starts = fc.constantFrom('0 18 * * 5', '30 2 * * *', '*/20 1-3 * * *', '0 0 1 * *', 'every 7h')
const moments = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2028, 0) })

test('what is open at a moment has begun by then, and ends after it', () => {
  fc.assert(
    fc.property(starts, zones, fc.integer({ min: 1, max: 100 }), moments, (start, zone, hours, now) => {
      for (const { since, until } of openWindows([cyclic(start, hours, zone)], now)) {
        expect(since).toBeLessThanOrEqual(now)
        expect(until).toBeGreaterThan(now)
        expect(until - since).toBe(hours * HOUR_MS)
      }
    }),
  )
})

test('every opening that was foretold is kept, from its first instant to its last', () => {
  fc.assert(
    fc.property(starts, zones, fc.integer({ min: 1, max: 100 }), moments, (start, zone, hours, now) => {
      const window = cyclic(start, hours, zone)
      const next = nextOpening(window, now)
      if (!next) throw new Error('it never opens again')
      expect(next.since).toBeGreaterThan(now)
      expect(openWindows([window], next.since)).toEqual([{ name: 'w', reason: 'r', allow: [], ...next }])
      expect(openWindows([window], next.until - 1)).toHaveLength(1)
      const before = openWindows([window], next.since - 1)
      for (const { since } of before) expect(since).toBeLessThanOrEqual(now)
    }),
  )
})
