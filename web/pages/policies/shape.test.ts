import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSchedule } from '../../../src/domain/schedule.ts'
import type { PolicyView } from '../../../src/domain/view.ts'
import { parseDuration } from '../../../src/lib/duration.ts'
import { AUTONOMIES, filtered, filterFrom, searchOf, whenOf, type PolicyFilter, type When } from './shape.ts'

test('a filter comes back from the URL as it went in', () => {
  const filters: fc.Arbitrary<PolicyFilter> = fc
    .record({
      autonomy: fc.option(fc.constantFrom(...AUTONOMIES), { nil: undefined }),
      blocked: fc.boolean(),
      text: fc.string({ unit: 'grapheme' }),
    })
    .map(({ autonomy, ...rest }) => ({ ...(autonomy && { autonomy }), ...rest }))
  fc.assert(
    fc.property(filters, (filter) => {
      expect(filterFrom(searchOf(filter))).toEqual(filter)
    }),
  )
  expect(filterFrom('autonomy=wild&blocked=1')).toEqual({ blocked: false, text: '' })
})

test('a policy is found by what it says, what it resolves to and what it covers', () => {
  const view = {
    policy: {
      name: 'down',
      target: 'lab:shop/instance/*',
      condition: 'health_check_failed',
      ladder: ['restart-instance'],
    },
    autonomy: 'auto',
    condition: '1 - up > 0',
    covers: ['lab:shop/instance/web-1'],
    limits: ['shadow'],
  } as unknown as PolicyView
  for (const text of ['DOWN', 'health_', '1 - up', 'web-1', 'restart']) {
    expect(filtered([view], { blocked: false, text }), text).toEqual([view])
  }
  expect(filtered([view], { blocked: false, text: 'db' })).toEqual([])
  expect(filtered([view], { blocked: true, autonomy: 'auto', text: '' })).toEqual([view])
  expect(filtered([{ ...view, limits: [] }], { blocked: true, text: '' })).toEqual([])
  expect(filtered([view], { blocked: false, autonomy: 'observe', text: '' })).toEqual([])
})

test('a schedule is told as it was written', () => {
  const timeZone = 'Europe/Berlin'
  const read = (text: string): When => whenOf(readSchedule(text, timeZone, parseDuration))
  expect(read('every 90s')).toEqual({ kind: 'every', ms: 90_000 })
  expect(read('daily 03:05')).toEqual({ kind: 'daily', time: '03:05', timeZone })
  expect(read('weekly sun 23:00')).toEqual({ kind: 'weekly', time: '23:00', timeZone, day: 0 })
  expect(read('monthly 31 9:30')).toEqual({ kind: 'monthly', time: '09:30', timeZone, day: 31 })
})

test('a pattern of more than one time is told as it stands, and never as one of the simple ones', () => {
  for (const cron of [
    '*/5 * * * *',
    '0 3 1 * 1',
    '0 3 * 2 *',
    '0 0 3 * * *',
    '0 1,2 * * *',
    '99 3 * * *',
    '0 3 * * 7',
  ]) {
    expect(whenOf({ cron, timeZone: 'UTC' }), cron).toEqual({ kind: 'cron', cron, timeZone: 'UTC' })
  }
})
