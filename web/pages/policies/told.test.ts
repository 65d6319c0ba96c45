import { expect, test } from 'vitest'
import type { Schedule } from '../../../src/domain/schedule.ts'
import { formatOf } from '../../format.ts'
import { approvalTold, limitsTold, scheduleTold, verifyTold } from './told.ts'
import { words } from './words.ts'

const en = { words: words.en, format: formatOf('en', 'UTC') }
const zh = { words: words.zh, format: formatOf('zh', 'UTC') }
const schedule: Schedule = {
  every: { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' },
  jitterMs: 600_000,
  windowMs: 3_600_000,
  catchUp: false,
  conditional: true,
}

test('a schedule is told with its zone, its spread, and what becomes of what is missed', () => {
  expect(scheduleTold(schedule, en)).toEqual([
    'every Sunday at 03:00 (Europe/Berlin)',
    'spread over 10m',
    'stays due for 1h',
    'what was missed while nobody watched is not caught up',
    'only where its condition holds then',
  ])
  expect(scheduleTold(schedule, zh)[0]).toBe('每周日 03:00（Europe/Berlin）')
})

test('what is not so is not told', () => {
  const plain = scheduleTold({ ...schedule, every: { ms: 90_000 }, jitterMs: 0, conditional: false, catchUp: true }, en)
  expect(plain).toEqual(['every 1m 30s', 'stays due for 1h', 'what was missed while nobody watched is caught up'])
})

test('limits say their number, their time, and whether they latch', () => {
  const limit = { attempts: 3, withinMs: 3_600_000, latches: true }
  expect(limitsTold({ cooldownMs: 300_000, limit }, en)).toEqual([
    'at least 5m between two runs',
    '3 attempts within 1h, then latched until a person releases it',
    'and the limits for all targets',
  ])
  expect(limitsTold({ cooldownMs: 1000 }, en)).toHaveLength(2)
})

test('the rule of approval is told whole, or that there is none', () => {
  const severity = { critical: 'critical', high: 'high', warning: 'warning', info: 'info' }
  expect(approvalTold({}, { ...en, severity })).toEqual(['only where its autonomy says so'])
  const approval = { above: 0.25, severities: ['critical', 'high'] as const, withinMs: 900_000 }
  expect(approvalTold({ approval }, { ...en, severity })).toEqual([
    'where risk times blast radius is more than 0.25',
    'for incidents that are critical or high',
    'a proposal waits 15m',
  ])
})

test('what counts as healed is told with all three times', () => {
  const verify = { healthyForMs: 3000, withinMs: 20_000, blindForMs: 60_000, guards: [] }
  expect(verifyTold({ verify }, en)).toMatch(/3s.* 20s.* 1m/)
})
