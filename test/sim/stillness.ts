import type { FakeClock } from '../fakes/fake-clock.ts'

/** A process that may be stopped where it is, as by SIGSTOP or a host that is taken from under it. */
export type Stillness = {
  isStill(): boolean
  /** It hears nothing for so long, in true time; then everything, in the order in which it came. */
  stop(forMs: number, onGoingOn: () => void): void
  /** Tells the process something: now, or when it goes on. */
  hear(say: () => void): void
}

export function makeStillness(clock: FakeClock): Stillness {
  let unheard: (() => void)[] | undefined
  return {
    isStill: () => unheard !== undefined,
    stop: (forMs, onGoingOn) => {
      if (unheard) return
      unheard = []
      clock.after(forMs, () => {
        const all = unheard ?? []
        unheard = undefined
        onGoingOn()
        for (const say of all) say()
      })
    },
    hear: (say) => {
      if (unheard) unheard.push(say)
      else say()
    },
  }
}
