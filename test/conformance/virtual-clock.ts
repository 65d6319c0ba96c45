import type { Clock } from '../../src/lib/clock.ts'

export type VirtualClock = Clock & {
  /** Lets time pass, from one sleeper to the next, until the promise is settled. Rejects when nobody sleeps any more. */
  until<T>(promise: Promise<T>): Promise<T>
  /** Somebody sets the wall clock; the boot clock does not care. */
  jump(ms: number): void
}

type Sleeper = { readonly at: number; readonly wake: () => void }

/** Time that passes only while a test waits for something, and then at once. */
export function virtualClock(startMs = 1_700_000_000_000): VirtualClock {
  let [passedMs, jumpedMs] = [0, 0]
  const sleepers = new Set<Sleeper>()
  const now = (): number => startMs + passedMs + jumpedMs

  function passOn(): boolean {
    const next = [...sleepers].sort((a, b) => a.at - b.at)[0]
    if (!next) return false
    passedMs = Math.max(passedMs, next.at)
    next.wake()
    return true
  }
  return {
    now,
    moment: () => ({ wallMs: now(), bootMs: 1000 + passedMs, bootId: 'boot-a' }),
    sleep: (ms, abort) =>
      new Promise((resolve) => {
        if (abort?.aborted) return resolve()
        const wake = (): void => {
          sleepers.delete(sleeper)
          abort?.removeEventListener('abort', wake)
          resolve()
        }
        const sleeper = { at: passedMs + ms, wake }
        sleepers.add(sleeper)
        abort?.addEventListener('abort', wake)
      }),
    jump: (ms) => {
      jumpedMs += ms
    },
    async until(promise) {
      let isOver = false
      const over = (): void => {
        isOver = true
      }
      promise.then(over, over)
      for (let idle = 0; !isOver;) {
        await new Promise((resolve) => setImmediate(resolve))
        if (isOver) break
        idle = passOn() ? 0 : idle + 1
        if (idle > 1000) throw new Error('nobody sleeps, and nothing happens any more')
      }
      return promise
    },
  }
}
