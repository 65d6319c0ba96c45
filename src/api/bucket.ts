/** Allows so many a second, with a reserve for bursts. */
export type Bucket = {
  /** Takes `count` and answers 0; or takes nothing and answers after how many milliseconds there will be enough. */
  take(count?: number): number
  /** As `take`, and takes nothing. */
  wait(count?: number): number
}
export type Rate = { readonly perSecond: number; readonly burst: number }

/** @param now epoch milliseconds */
export function bucketOf({ perSecond, burst }: Rate, now: () => number): Bucket {
  let [left, at] = [burst, now()]
  const wait = (count = 1): number => {
    const passedMs = Math.max(0, now() - at)
    left = Math.min(burst, left + (passedMs * perSecond) / 1000)
    at = now()
    return count > left ? Math.ceil(((count - left) * 1000) / perSecond) : 0
  }
  return {
    wait,
    take(count = 1) {
      const waitMs = wait(count)
      if (waitMs === 0) left -= count
      return waitMs
    },
  }
}

const MOST_KEYS = 10_000

/** A bucket for each key; beyond ten thousand the oldest is forgotten, so that memory stays bounded. */
export function bucketsOf(rate: Rate, now: () => number): { take(key: string): number; wait(key: string): number } {
  const buckets = new Map<string, Bucket>()
  return {
    // Takes nothing.
    wait: (key) => buckets.get(key)?.wait() ?? 0,
    take(key) {
      const bucket = buckets.get(key) ?? bucketOf(rate, now)
      buckets.delete(key)
      buckets.set(key, bucket)
      if (buckets.size > MOST_KEYS) buckets.delete(buckets.keys().next().value ?? '')
      return bucket.take()
    },
  }
}
