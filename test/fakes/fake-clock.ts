import type { Clock, Moment } from '../../src/lib/clock.ts'

/** Time that stands still until it is told to go on. What is true and what the machine's clocks say are kept apart. */
export type FakeClock = Clock & {
  /** Milliseconds since the beginning: no jump and no reboot changes it. */
  trueMs(): number
  /** When a moment that this clock gave was, in true time. */
  trueOf(moment: Moment): number
  /** Calls `act` once `inMs` have passed; the answer takes it back. */
  after(inMs: number, act: () => void): () => void
  /** Lets time pass, one timer after the other, each with all that follows from it. Ends early when `until` says so. */
  advance(ms: number, until?: () => boolean): Promise<void>
  /** The machine sleeps: time passes at once, and timers that were due go off late, at the next {@link advance}. */
  suspend(ms: number): void
  /** Somebody sets the wall clock. */
  jumpWall(ms: number): void
  /** The machine starts anew: another boot id, and the time since boot begins at zero. */
  reboot(): void
}

type Timer = { readonly at: number; readonly order: number; readonly act: () => void }

const BEGIN_WALL_MS = Date.UTC(2026, 10, 21, 9)

/** A deterministic clock: the same calls give the same order of events. */
export function fakeClock(): FakeClock {
  const timers = new Set<Timer>()
  const bootedAt = [0]
  let now = 0
  let order = 0
  let wallOffset = BEGIN_WALL_MS

  const nextDue = (by: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.at > by) continue
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer
    }
    return next
  }
  const after: FakeClock['after'] = (inMs, act) => {
    const timer = { at: now + Math.max(0, inMs), order: order++, act }
    timers.add(timer)
    return () => timers.delete(timer)
  }
  return {
    now: () => now + wallOffset,
    moment: () => ({
      wallMs: now + wallOffset,
      bootMs: now - (bootedAt.at(-1) ?? 0),
      bootId: `boot-${bootedAt.length}`,
    }),
    trueMs: () => now,
    trueOf: ({ bootId, bootMs }) => (bootedAt[Number(bootId.slice('boot-'.length)) - 1] ?? 0) + bootMs,
    after,
    sleep: (ms, abort) =>
      new Promise((resolve) => {
        if (abort?.aborted) return resolve()
        const done = (): void => {
          forget()
          abort?.removeEventListener('abort', done)
          resolve()
        }
        const forget = after(ms, done)
        abort?.addEventListener('abort', done)
      }),
    advance: async (ms, until = () => false) => {
      const end = now + ms
      await drain()
      for (let timer = nextDue(end); timer && !until(); timer = nextDue(end)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        timer.act()
        await drain()
      }
      if (!until()) now = Math.max(now, end)
    },
    suspend: (ms) => {
      now += ms
    },
    jumpWall: (ms) => {
      wallOffset += ms
    },
    reboot: () => {
      bootedAt.push(now)
    },
  }
}

/** Lets every promise that can settle now settle: microtasks all run before the next immediate. */
export function drain(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
