import { expect, test } from 'vitest'
import { POLICY, TOPOLOGY, WEB_1 } from '../../../test/gate-world.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Schedule } from '../../domain/schedule.ts'
import { createWindows } from '../../signals/windows.ts'
import { detect } from '../detect.ts'
import { fingerprintOf } from '../fingerprint.ts'
import type { World } from '../world.ts'

const HOUR = 3_600_000
const schedule: Schedule = { every: { ms: HOUR }, jitterMs: 0, windowMs: 600_000, catchUp: true, conditional: false }
const TEN = 10 * HOUR

/** What is due of one task on web-1 at `now`, where disks are as full as this. */
function due(now: number, own: Partial<Schedule> = {}, more: Partial<World> = {}, diskUsage?: number): Finding[] {
  const windows = createWindows({ capacity: 10 })
  const samples = diskUsage === undefined ? [] : [diskUsage]
  windows.add({
    source: 'disk',
    intervalMs: 1000,
    samples: samples.map((value) => ({ metric: 'disk_usage', labels: {}, target: WEB_1, at: now, value })),
  })
  const policy = {
    ...POLICY,
    name: 'clean',
    target: WEB_1,
    condition: 'disk_usage > 70',
    schedule: { ...schedule, ...own },
  }
  return detect({ policies: [policy], topology: TOPOLOGY, windows, now, startedAt: 0, open: new Set(), ...more })
}

test('a task is due from its hour on for as long as its window is open', () => {
  expect(due(TEN)).toMatchObject([{ since: TEN, state: 'violated', lead: 'schedule', target: WEB_1 }])
  expect(due(TEN + 600_000)).toHaveLength(1)
  expect(due(TEN + 600_001)).toEqual([])
  expect(due(TEN - 1)).toEqual([])
})

test('what was seen to is due again at the next occurrence only', () => {
  const seenTo = new Map([[fingerprintOf('clean', WEB_1), TEN]])
  expect(due(TEN + 1000, {}, { seenTo })).toEqual([])
  expect(due(TEN + HOUR, {}, { seenTo })).toHaveLength(1)
})

test('what was missed before the start is due where the task says so, once', () => {
  const startedAt = TEN + 60_000
  expect(due(startedAt, {}, { startedAt })).toHaveLength(1)
  expect(due(startedAt, { catchUp: false }, { startedAt })).toEqual([])
})

test('a task with a condition is due where it holds; where nobody can see it, that is said', () => {
  expect(due(TEN, { conditional: true }, {}, 80)).toMatchObject([{ state: 'violated' }])
  expect(due(TEN, { conditional: true }, {}, 60)).toEqual([])
  expect(due(TEN, { conditional: true })).toMatchObject([{ state: 'blind' }])
})

test('the jitter of a target is always the same, and less than it may be', () => {
  const [finding] = due(TEN + 300_000, { jitterMs: 300_000 })
  expect(finding?.since).toBeGreaterThanOrEqual(TEN)
  expect(finding?.since).toBeLessThanOrEqual(TEN + 300_000)
  expect(due(TEN + 301_000, { jitterMs: 300_000 })[0]?.since).toBe(finding?.since)
})
