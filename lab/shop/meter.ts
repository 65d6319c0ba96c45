/** What an instance says of the requests it answers, in the Prometheus text format; the same names for every service. */
export type Meter = {
  /** One request that has ended; `seconds` is how long it took. */
  count(seconds: number, served: boolean): void
  /** How many so far. */
  total(): number
  text(): string
}

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

export function meter(): Meter {
  const counts = { total: 0, failed: 0, seconds: 0, buckets: BUCKETS_SECONDS.map(() => 0) }
  return {
    count: (seconds, served) => {
      counts.total += 1
      counts.seconds += seconds
      if (!served) counts.failed += 1
      const bucket = BUCKETS_SECONDS.findIndex((limit) => seconds <= limit)
      if (bucket >= 0) counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1
    },
    total: () => counts.total,
    text: () =>
      metric('shop_requests_total', 'counter', counts.total) +
      metric('shop_requests_failed_total', 'counter', counts.failed) +
      histogram(counts),
  }
}

/** One metric in the Prometheus text format. */
export function metric(name: string, type: 'counter' | 'gauge', value: number): string {
  return `# TYPE ${name} ${type}\n${name} ${value}\n`
}

function histogram({ total, seconds, buckets }: { total: number; seconds: number; buckets: number[] }): string {
  const name = 'shop_request_duration_seconds'
  let sum = 0
  const lines = BUCKETS_SECONDS.map((limit, i) => `${name}_bucket{le="${limit}"} ${(sum += buckets[i] ?? 0)}\n`)
  return (
    `# TYPE ${name} histogram\n${lines.join('')}${name}_bucket{le="+Inf"} ${total}\n` +
    `${name}_sum ${seconds}\n${name}_count ${total}\n`
  )
}
