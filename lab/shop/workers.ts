/** A bounded number of workers, each busy with one job for a declared time; the rest waits in turn, up to a limit. */
export type Workers = {
  readonly size: number
  busy(): number
  waiting(): number
  /**
   * `done(true)` after the job's turn and `serviceMs`; `done(false)` at once where too many wait. A job whose
   * `isWanted` says no when its turn comes is not done either.
   */
  work(serviceMs: number, done: (served: boolean) => void, isWanted?: () => boolean): void
}

type Job = { readonly serviceMs: number; readonly done: (served: boolean) => void; readonly isWanted: () => boolean }

/** `mostWaiting` is asked each time: it may be a setting. */
export function workers(size: number, mostWaiting: () => number): Workers {
  const waiting: Job[] = []
  let busy = 0
  const begin = ({ serviceMs, done }: Job): void => {
    busy += 1
    setTimeout(() => {
      busy -= 1
      done(true)
      next()
    }, serviceMs)
  }
  const next = (): void => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      if (job.isWanted()) return begin(job)
      job.done(false)
    }
  }
  return {
    size,
    busy: () => busy,
    waiting: () => waiting.length,
    work: (serviceMs, done, isWanted = () => true) => {
      const job = { serviceMs, done, isWanted }
      if (busy < size) return begin(job)
      if (waiting.length >= mostWaiting()) return done(false)
      waiting.push(job)
    },
  }
}
