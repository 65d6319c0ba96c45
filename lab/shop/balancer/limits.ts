/** Lets through so many a second; what is not used is kept for at most a quarter of a second, and one at least. */
export type Bucket = {
  /** How long until the next may come, in milliseconds; 0: it may, and has been counted. */
  take(): number
}

/** @param now milliseconds of a clock that never jumps */
export function bucketOf(rps: number, now: () => number): Bucket {
  const most = Math.max(1, rps / 4)
  let tokens = most
  let countedAt = now()
  return {
    take: () => {
      const at = now()
      tokens = Math.min(most, tokens + ((at - countedAt) * rps) / 1000)
      countedAt = at
      if (tokens < 1) return ((1 - tokens) * 1000) / rps
      tokens -= 1
      return 0
    },
  }
}

/** How long a request may wait for its turn, in milliseconds. */
const WAIT_MS = 100

/** Lets so many be inside at once; as many more may wait a little for their turn. */
export type Turnstile = {
  /** Calls `go` now or in time, or `refuse`; the answer leaves, or gives up waiting, and must be called once. */
  enter(go: () => void, refuse: () => void): () => void
  /** Whoever is inside stays inside. */
  setLimit(limit: number): void
}

type Waiting = { readonly go: () => void; timer?: NodeJS.Timeout }

export function turnstile(): Turnstile {
  const waiting = new Set<Waiting>()
  let limit = Infinity
  let inside = 0

  const admit = (): void => {
    for (const one of waiting) {
      if (inside >= limit) return
      forget(one)
      inside += 1
      one.go()
    }
  }
  const forget = (one: Waiting): boolean => {
    clearTimeout(one.timer)
    return waiting.delete(one)
  }
  return {
    enter: (go, refuse) => {
      const one: Waiting = { go }
      let refused = false
      const turnAway = (): void => {
        refused = true
        forget(one)
        refuse()
      }
      if (inside < limit) {
        inside += 1
        go()
      } else if (waiting.size >= limit) turnAway()
      else {
        one.timer = setTimeout(turnAway, WAIT_MS)
        waiting.add(one)
      }
      return () => {
        if (refused || forget(one)) return
        inside -= 1
        admit()
      }
    },
    setLimit: (next) => {
      limit = next
      admit()
    },
  }
}
