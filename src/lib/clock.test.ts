import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { elapsedMs, systemClock, type Moment } from './clock.ts'

const wall = fc.integer({ min: 0, max: 4e12 })
const moment = (wallMs: number, bootMs: number, bootId = 'a'): Moment => ({ wallMs, bootMs, bootId })

describe('time passed', () => {
  test('within one boot the wall clock does not matter', () => {
    fc.assert(
      fc.property(wall, wall, fc.nat(), fc.nat(), (wallA, wallB, boot, passed) => {
        expect(elapsedMs(moment(wallA, boot), moment(wallB, boot + passed))).toBe(passed)
      }),
    )
  })

  test('is never negative, within one boot or across two', () => {
    const any = fc.tuple(wall, fc.nat(), fc.constantFrom('a', 'b')).map((parts) => moment(...parts))
    fc.assert(fc.property(any, any, (a, b) => elapsedMs(a, b) >= 0))
  })

  test('across boots is what the wall clock says, and nothing when it went back', () => {
    expect(elapsedMs(moment(1000, 999_999, 'a'), moment(4000, 5, 'b'))).toBe(3000)
    expect(elapsedMs(moment(4000, 5, 'a'), moment(1000, 999_999, 'b'))).toBe(0)
  })
})

describe("the machine's own clock", () => {
  const clock = systemClock()

  test('gives both times of one moment', () => {
    const before = clock.moment()
    const after = clock.moment()
    expect(after.bootId).toBe(before.bootId)
    expect(after.bootMs).toBeGreaterThanOrEqual(before.bootMs)
    expect(Math.abs(after.wallMs - clock.now())).toBeLessThan(1000)
  })

  test('sleeps as long as it says', async () => {
    const began = performance.now()
    await clock.sleep(20)
    expect(performance.now() - began).toBeGreaterThanOrEqual(19)
  })

  test('wakes when the signal fires, at once when it fired before, and forgets the signal', async () => {
    const abort = new AbortController()
    const slept = clock.sleep(1e9, abort.signal)
    abort.abort()
    await slept
    await clock.sleep(1e9, abort.signal)
  })

  test('a sleep of less than nothing is over at once, and warns of nothing', async () => {
    const warnings: string[] = []
    const hear = (warning: Error): void => void warnings.push(warning.name)
    process.on('warning', hear)
    await systemClock().sleep(-9)
    await new Promise(setImmediate)
    process.off('warning', hear)
    expect(warnings).toEqual([])
  })

  test('does not wake early from a sleep that is longer than a timer can be', async () => {
    const abort = new AbortController()
    let isAwake = false
    const slept = clock.sleep(2 ** 31 + 5, abort.signal).then(() => {
      isAwake = true
    })
    await clock.sleep(20)
    expect(isAwake).toBe(false)
    abort.abort()
    await slept
  })
})
