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

describe('against an oracle that knows nothing but the clock on the wall, minute by minute', () => {
  const MINUTE_MS = 60_000
  const DAY_MS = 24 * HOUR_MS
  /** Days in which the clocks of the zone are changed, by an hour or by half of one, and one in which they are not. */
  const DAYS = [
    ['Europe/Berlin', '2026-03-29'],
    ['Europe/Berlin', '2026-10-25'],
    ['America/New_York', '2026-03-08'],
    ['America/New_York', '2026-11-01'],
    ['Australia/Lord_Howe', '2026-04-05'],
    ['Australia/Lord_Howe', '2026-10-04'],
    ['Asia/Kolkata', '2026-06-01'],
    ['UTC', '2026-02-28'],
  ] as const

  /** Minute of the day that people there read off the wall, for every minute of the four days around. */
  const walls = new Map<string, ReadonlyMap<number, number>>()
  function wallsOf(zone: string, midnight: number): ReadonlyMap<number, number> {
    const key = `${zone} ${midnight}`
    const known = walls.get(key)
    if (known) return known
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short', hourCycle: 'h23' })
    const shownAt = (ms: number): number => {
      const [hour = NaN, minute = NaN] = format.format(ms).split(':').map(Number)
      return 60 * hour + minute
    }
    const minutes = Array.from({ length: (4 * DAY_MS) / MINUTE_MS }, (_, i) => midnight - 2 * DAY_MS + i * MINUTE_MS)
    const made = new Map(minutes.map((ms) => [ms, shownAt(ms)]))
    walls.set(key, made)
    return made
  }

  /** The minutes of the days around at which the wall says the time, each time of a day once: when it comes twice, the first. */
  function opensAt(zone: string, midnight: number, at: number): number[] {
    const opens: number[] = []
    for (const [ms, wall] of wallsOf(zone, midnight)) {
      const last = opens.at(-1) ?? -Infinity
      if (wall === at && ms - last > 12 * HOUR_MS) opens.push(ms)
    }
    return opens
  }
  /** Whether the wall shows the time on every day around: in the hour that is skipped it does not. */
  const isShownDaily = (opens: readonly number[]): boolean =>
    opens.length === 4 && opens.every((ms, i) => i === 0 || ms - (opens[i - 1] ?? 0) < 26 * HOUR_MS)

  test('a daily window is open at exactly the minutes that the oracle says', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DAYS),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 1, max: 40 }),
        ([zone, day], at, hours) => {
          const midnight = Date.parse(`${day}T00:00:00Z`)
          const opens = opensAt(zone, midnight, at)
          fc.pre(isShownDaily(opens))
          const window = cyclic(`${at % 60} ${Math.floor(at / 60)} * * *`, hours, zone)
          const edges = opens.flatMap((since) => [since, since + hours * HOUR_MS]).flatMap((ms) => [ms - MINUTE_MS, ms])
          const seventh = Array.from({ length: 205 }, (_, i) => midnight + (7 * i + (at % 7)) * MINUTE_MS)
          const within = [...edges, ...seventh].filter((ms) => ms >= midnight && ms < midnight + DAY_MS)
          for (const now of within) {
            const isOpen = opens.some((since) => since <= now && now < since + hours * HOUR_MS)
            expect([shown(now), openWindows([window], now).length > 0]).toEqual([shown(now), isOpen])
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a maintenance window of the week opens on its day by the wall, whatever the clocks do on it', () => {
    const weekly = fc.tuple(fc.constantFrom(...DAYS), fc.integer({ min: 4, max: 23 }))
    fc.assert(
      fc.property(weekly, ([[zone, day], hour]) => {
        const noon = Date.parse(`${day}T12:00:00Z`)
        const weekday = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short' }).format(noon)
        const [start] = opensAt(zone, Date.parse(`${day}T00:00:00Z`), 60 * hour).filter(
          (ms) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(ms) === day,
        )
        if (start === undefined) throw new Error(`${zone} has no ${hour} o'clock on ${day}`)
        const window = cyclic(`weekly ${weekday.toLowerCase()} ${hour}:00`, 2, zone)
        const openIn = (ms: number): boolean => openWindows([window], start + ms).length > 0
        expect([-1, 0, 2 * HOUR_MS - 1, 2 * HOUR_MS, -7 * DAY_MS + 3 * HOUR_MS].map(openIn)).toEqual([
          false,
          true,
          true,
          false,
          false,
        ])
      }),
    )
  })
})
