import { expect, test } from 'vitest'
import { isWatchGood, watchTableOf, type WatchedFault, type WatchReport } from './watch-report.ts'

const found = { target: 'lab:shop/instance/web-1', signal: 'ensemble on up', text: 'down', afterMs: 3100 } as const
const crash: WatchedFault = {
  fault: 'crash',
  target: 'lab:shop/instance/web-1',
  feltAfterMs: 20,
  found: [{ ...found, target: 'lab:shop/service/gateway', afterMs: 2400 }, found],
  before: [],
  effects: 0,
}
const days = { days: 7, dayMs: 40_000, falseAlarms: [], effects: 0 }
const report: WatchReport = { seed: 1, warmUpMs: 130_000, lastsMs: 20_000, faults: [crash], days: [days] }

test('it is good when every fault was found, nothing before it, nothing on healthy days, and nothing was touched', () => {
  expect(isWatchGood(report)).toBe(true)
  const faulty = (rest: Partial<WatchedFault>): WatchReport => ({ ...report, faults: [{ ...crash, ...rest }] })
  expect(isWatchGood(faulty({ found: [] }))).toBe(false)
  expect(isWatchGood(faulty({ before: [found] }))).toBe(false)
  expect(isWatchGood(faulty({ effects: 1 }))).toBe(false)
  expect(isWatchGood({ ...report, days: [{ ...days, falseAlarms: [found] }] })).toBe(false)
  expect(isWatchGood({ ...report, days: [{ ...days, effects: 1 }] })).toBe(false)
})

test('the table says by whom and where a fault was found first, and when on its own target', () => {
  const table = watchTableOf({ ...report, days: [{ ...days, falseAlarms: [found] }] })
  expect(table).toMatch(/^crash +web-1 +0\.0 s +2\.4 s +3\.1 s +ensemble on up, gateway +0$/m)
  expect(table).toMatch(/7 days of 40 s: 1 false alarms\n {2}3\.1 s web-1 ensemble on up: down/)
})
