import { expect, test } from 'vitest'
import { elapsedMs } from '../../src/lib/clock.ts'
import { fakeClock } from './fake-clock.ts'

test('timers go off in the order of their time, each with all that follows from it', async () => {
  const clock = fakeClock()
  const seen: string[] = []
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms)
    seen.push(`${name} at ${clock.trueMs()}`)
    await clock.sleep(5)
    seen.push(`${name} again at ${clock.trueMs()}`)
  }
  void sleeper('b', 20)
  void sleeper('a', 10)
  await clock.advance(18)
  expect(seen).toEqual(['a at 10', 'a again at 15'])
  await clock.advance(10)
  expect(seen.slice(2)).toEqual(['b at 20', 'b again at 25'])
  expect(clock.trueMs()).toBe(28)
})

test('a sleep ends when its signal fires, and leaves no timer behind', async () => {
  const clock = fakeClock()
  const stop = new AbortController()
  let woke = -1
  void clock.sleep(1000, stop.signal).then(() => (woke = clock.trueMs()))
  clock.after(10, () => stop.abort())
  await clock.advance(2000)
  expect(woke).toBe(10)
  await clock.sleep(1000, stop.signal)
})

test('the wall clock jumps, the boot clock does not, and a reboot begins it anew', async () => {
  const clock = fakeClock()
  const first = clock.moment()
  await clock.advance(1000)
  clock.jumpWall(-3_600_000)
  expect(elapsedMs(first, clock.moment())).toBe(1000)
  expect(clock.now()).toBe(first.wallMs + 1000 - 3_600_000)
  clock.reboot()
  await clock.advance(500)
  const later = clock.moment()
  expect(later).toMatchObject({ bootMs: 500, bootId: 'boot-2' })
  expect([first, later].map((moment) => clock.trueOf(moment))).toEqual([0, 1500])
})

test('after a suspend the timers that were due go off late', async () => {
  const clock = fakeClock()
  let at = -1
  clock.after(10, () => (at = clock.trueMs()))
  clock.suspend(60_000)
  expect(at).toBe(-1)
  await clock.advance(1)
  expect(at).toBe(60_000)
})
