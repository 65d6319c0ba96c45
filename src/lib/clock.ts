import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

/** A moment on two clocks: wall time, and the time since the machine booted, which no one can set. */
export type Moment = {
  /** Epoch milliseconds. May jump. */
  readonly wallMs: number
  /** Milliseconds since boot `bootId`, suspend included. Never jumps. */
  readonly bootMs: number
  readonly bootId: string
}

/** Time as an argument: everything that waits or stamps is given one of these. */
export type Clock = {
  now(): number
  moment(): Moment
  /** Resolves after `ms`, or at once when the signal fires (it never rejects: look at the signal afterwards). */
  sleep(ms: number, abort?: AbortSignal): Promise<void>
}

/**
 * Time passed between two moments, in milliseconds, never negative. Within one boot the boot clock decides, so that a
 * limit never shortens because somebody set the clock; across boots only wall time is left, and a clock that went
 * back counts as no time at all.
 */
export function elapsedMs(from: Moment, to: Moment): number {
  if (from.bootId === to.bootId) return Math.max(0, to.bootMs - from.bootMs)
  return Math.max(0, to.wallMs - from.wallMs)
}

/** A longer timer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The machine's own clocks. */
export function systemClock(): Clock {
  const bootId = readBootId()
  return {
    now: () => Date.now(),
    moment: () => ({ wallMs: Date.now(), bootMs: Math.round(uptime() * 1000), bootId }),
    sleep: (ms, abort) =>
      new Promise((resolve) => {
        if (abort?.aborted) return resolve()
        const done = (): void => {
          clearTimeout(timer)
          abort?.removeEventListener('abort', done)
          resolve()
        }
        const wait = (leftMs: number): void => {
          const isLong = leftMs > MAX_TIMER_MS
          timer = isLong ? setTimeout(() => wait(leftMs - MAX_TIMER_MS), MAX_TIMER_MS) : setTimeout(done, leftMs)
        }
        let timer: NodeJS.Timeout
        wait(Math.max(0, ms))
        abort?.addEventListener('abort', done)
      }),
  }
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // Not Linux: the boot moment itself, to the ten seconds, tells one boot from another well enough.
    return `boot-${Math.round((Date.now() - uptime() * 1000) / 10_000)}`
  }
}
