import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDuration } from '../lib/duration.ts'
import { lastDue, readSchedule, type Schedule } from './schedule.ts'

const read = (text: string, zone = 'Europe/Berlin'): Schedule['every'] => readSchedule(text, zone, parseDuration)
const schedule = (every: Schedule['every'], jitterMs = 0): Schedule => ({
  every,
  jitterMs,
  windowMs: 3_600_000,
  catchUp: true,
  conditional: false,
})
const due = (text: string, now: string, zone?: string): string =>
  new Date(lastDue(schedule(read(text, zone)), 0, Date.parse(now)) ?? NaN).toISOString()

describe('occurrences', () => {
  test.each([
    ['daily 03:00', '2026-11-21T12:00:00Z', '2026-11-21T02:00:00.000Z'],
    ['daily 03:00', '2026-11-21T01:59:59Z', '2026-11-20T02:00:00.000Z'],
    ['daily 03:00', '2026-11-21T02:00:00Z', '2026-11-21T02:00:00.000Z'],
    ['weekly sun 03:00', '2026-11-21T12:00:00Z', '2026-11-15T02:00:00.000Z'],
    ['monthly 1 03:30', '2026-11-21T12:00:00Z', '2026-11-01T02:30:00.000Z'],
    ['every 30s', '2026-11-21T12:00:45Z', '2026-11-21T12:00:30.000Z'],
    ['*/10 * * * *', '2026-11-21T12:09:59Z', '2026-11-21T12:00:00.000Z'],
  ])('%s at %s was due at %s', (text, now, expected) => {
    expect(due(text, now)).toBe(expected)
  })

  test('follow the zone through the change of its clocks', () => {
    expect(due('daily 03:00', '2026-07-01T12:00:00Z')).toBe('2026-07-01T01:00:00.000Z')
    expect(due('daily 03:00', '2026-07-01T12:00:00Z', 'UTC')).toBe('2026-07-01T03:00:00.000Z')
  })

  test('never lie ahead, come in order, and stay within the jitter', () => {
    const texts = fc.constantFrom('daily 03:00', 'weekly mon 00:00', 'every 90s', '*/7 * * * *')
    const now = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) })
    fc.assert(
      fc.property(
        texts,
        now,
        fc.nat(10_000_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (text, at, more, share) => {
          const own = schedule(read(text), 60_000)
          const first = lastDue(own, share, at) ?? NaN
          expect(first).toBeLessThanOrEqual(at)
          expect(lastDue(own, share, at + more) ?? NaN).toBeGreaterThanOrEqual(first)
          expect(lastDue(own, share, first)).toBe(first)
          const bare = lastDue(schedule(read(text)), 0, first) ?? NaN
          expect(first - bare).toBeLessThanOrEqual(60_000)
        },
      ),
    )
  })
})

test.each([
  'daily',
  'daily 25:00',
  'weekly 03:00',
  'weekly foo 03:00',
  'monthly 32 03:00',
  'every 0s',
  'every',
  'x',
  '',
])('"%s" is refused with what to write', (text) => {
  expect(() => read(text)).toThrow(/cannot read/)
})

test('an unknown time zone is refused', () => {
  expect(() => read('daily 03:00', 'Mars/Base')).toThrow(/Mars\/Base/)
})
