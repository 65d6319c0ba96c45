const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/** Why the balancer itself answered: the rate or concurrency limit, the breaker, or no backend that takes requests. */
export type Reason = 'rate' | 'concurrency' | 'breaker' | 'empty'

/** The requests that went one way: to a backend, or to none. */
type Share = { requests: number; failed: number; inFlight: number }

/** What happened in one pool since the start. */
export type Counts = {
  /** By backend; the empty name stands for what the balancer answered itself. */
  readonly shares: ReadonlyMap<string, Share>
  readonly limited: Readonly<Record<Reason, number>>
  readonly buckets: readonly { readonly le: number; readonly count: number }[]
  readonly seconds: number
  readonly total: { readonly requests: number; readonly failed: number; readonly inFlight: number }
}

export type Counter = {
  counts(): Counts
  began(): void
  /** It was given to this backend. */
  sent(backend: string): void
  limited(reason: Reason): void
  ended(backend: string, seconds: number, served: boolean): void
}

/** Counts the requests of one pool. */
export function counter(): Counter {
  const shares = new Map<string, Share>()
  const limited = { rate: 0, concurrency: 0, breaker: 0, empty: 0 }
  const total: Share = { requests: 0, failed: 0, inFlight: 0 }
  const under = BUCKETS_SECONDS.map(() => 0)
  let seconds = 0
  const shareOf = (backend: string): Share => {
    let share = shares.get(backend)
    if (!share) shares.set(backend, (share = { requests: 0, failed: 0, inFlight: 0 }))
    return share
  }
  return {
    counts: () => {
      let count = 0
      const buckets = BUCKETS_SECONDS.map((le, i) => ({ le, count: (count += under[i] ?? 0) }))
      return { shares, limited, buckets, seconds, total }
    },
    began: () => void (total.inFlight += 1),
    sent: (backend) => void (shareOf(backend).inFlight += 1),
    limited: (reason) => void (limited[reason] += 1),
    ended: (backend, tookSeconds, served) => {
      const share = shareOf(backend)
      if (backend !== '') share.inFlight -= 1
      total.inFlight -= 1
      seconds += tookSeconds
      const bucket = BUCKETS_SECONDS.findIndex((le) => tookSeconds <= le)
      if (bucket >= 0) under[bucket] = (under[bucket] ?? 0) + 1
      for (const one of [share, total]) {
        one.requests += 1
        if (!served) one.failed += 1
      }
    },
  }
}
