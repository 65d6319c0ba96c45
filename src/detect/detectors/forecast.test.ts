import fc from 'fast-check'
import { expect, test } from 'vitest'
import { POLICY, TOPOLOGY, WEB_1 } from '../../../test/gate-world.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Policy } from '../../domain/policy.ts'
import { createWindows } from '../../signals/windows.ts'
import { detect } from '../detect.ts'
import type { World } from '../world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const START = 1_700_000_000_000

type Look = {
  readonly condition: string
  readonly minutes: number
  readonly more?: Partial<World>
  readonly as?: Partial<Policy>
}

/** What is found on web-1 once its disk has filled for so long, seen once a minute. */
function found(valueAt: (minute: number) => number, { condition, minutes, more = {}, as = {} }: Look): Finding[] {
  const windows = createWindows({ capacity: 1000 })
  for (let minute = 0; minute <= minutes; minute++) {
    const at = START + minute * MINUTE_MS
    const sample = { metric: 'disk_usage', labels: {}, target: WEB_1, at, value: valueAt(minute) }
    windows.add({ source: 's', intervalMs: MINUTE_MS, samples: [sample] })
  }
  const policies = [{ ...POLICY, name: 'disk-fills', target: WEB_1, condition, ...as }]
  const now = START + minutes * MINUTE_MS
  return detect({ policies, topology: TOPOLOGY, windows, now, startedAt: START, open: new Set(), ...more })
}

const FILLS = 'disk_usage[6h] rises to 95 within 24h'

test('a disk that will be full within the time is a finding that leads, with when and by how sure', () => {
  fc.assert(
    fc.property(fc.double({ min: 1.2, max: 8, noNaN: true }), (anHour) => {
      const [one, none] = found((minute) => 50 + (anHour * minute) / 60, { condition: FILLS, minutes: 240 })
      const due = ((95 - 50 - 4 * anHour) / anHour) * HOUR_MS
      fc.pre(Math.abs(due - 24 * HOUR_MS) > HOUR_MS)
      expect(none).toBeUndefined()
      if (due > 24 * HOUR_MS) {
        expect(one).toBeUndefined()
        return
      }
      expect(one).toMatchObject({ lead: 'forecast', state: 'violated', target: WEB_1, policy: 'disk-fills' })
      expect(Math.abs(one!.dueAt! - (START + 240 * MINUTE_MS + due))).toBeLessThan(MINUTE_MS)
      expect(one!.since).toBeGreaterThan(START + 2.9 * HOUR_MS)
    }),
    { numRuns: 30 },
  )
})

test('it says in words when the limit is reached, and between which times', () => {
  const wave = (minute: number): number => 70 + minute / 20 + Math.sin(minute * 7)
  const [one] = found(wave, { condition: FILLS, minutes: 240 })
  expect(one!.summary).toMatch(
    /^lab:shop\/instance\/web-1: disk_usage is 8\d\.\d+, and reaches 95 in 4h\d+m \((3|4)h\d*m? to (4|5)h\d*m?\)$/,
  )
})

test('a limit that is reached already is said to be', () => {
  const [one] = found(() => 97, { condition: FILLS, minutes: 2 })
  expect(one).toMatchObject({ lead: 'forecast', dueAt: START + 2 * MINUTE_MS })
  expect(one!.summary).toBe('lab:shop/instance/web-1: disk_usage is 97, and has reached 95')
})

test('what is foreseen or violated leads with nothing: something is wrong now', () => {
  const condition = `disk_usage > 60 or ${FILLS}`
  const [one, none] = found((minute) => 50 + minute / 20, { condition, minutes: 240 })
  expect(none).toBeUndefined()
  expect(one).toMatchObject({ state: 'violated' })
  expect(one!.lead).toBeUndefined()
  const both = found((minute) => 50 + minute / 20, { condition: `disk_usage > 60 and ${FILLS}`, minutes: 240 })
  expect(both).toMatchObject([{ lead: 'forecast' }])
})

test('a past that is too short is no blindness; a value that nobody sees is, and so is what was foreseen before', () => {
  const more = { graceMs: MINUTE_MS }
  expect(found(() => 50, { condition: FILLS, minutes: 10, more })).toEqual([])
  expect(found(() => 50, { condition: 'other[6h] rises to 95 within 24h', minutes: 10, more })).toMatchObject([
    { state: 'blind' },
  ])
  const [before] = found(() => 97, { condition: FILLS, minutes: 10 })
  const open = new Set([before!.fingerprint])
  expect(found(() => 50, { condition: FILLS, minutes: 10, more: { ...more, open } })).toMatchObject([
    { state: 'blind' },
  ])
})
