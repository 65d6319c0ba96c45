import type { ResourceRef } from '../src/domain/resource.ts'
import type { Observation, Sample } from '../src/domain/signal.ts'

/** A day of the compressed rhythm, in milliseconds: a quarter of an hour stands for a day. */
export const DAY_MS = 900_000
const INTERVAL_MS = 1000

/** What breaks one service: factors on what it does, from a moment on. */
export type Broken = {
  readonly target: ResourceRef
  readonly latency?: number
  readonly errors?: number
  readonly up?: number
}

/**
 * Services whose users come as they do over a day: rates that are counted, latencies with a long tail, memory that is
 * collected now and then, pools, errors that are seldom. `random` gives numbers from 0 to 1.
 */
export function healthyShop(
  targets: readonly ResourceRef[],
  random: () => number,
): (atMs: number, broken?: Broken) => Observation {
  const counters = new Map<string, number>()
  const memory = new Map<ResourceRef, number>()
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const arrivals = (mean: number): number => Math.max(0, Math.round(mean + Math.sqrt(mean) * gauss()))
  const count = (key: string, by: number): number => {
    const next = (counters.get(key) ?? 0) + by
    counters.set(key, next)
    return next
  }
  const heapOf = (target: ResourceRef, requests: number): number => {
    const grown = (memory.get(target) ?? 80e6) + requests * 3000 * (1 + 0.2 * random())
    const kept = grown > 160e6 ? 80e6 + 2e6 * gauss() : grown
    memory.set(target, kept)
    return kept
  }

  const of = (target: ResourceRef, atMs: number, { latency = 1, errors = 0, up = 1 }: Partial<Broken>): Sample[] => {
    const load = 1 + 0.4 * Math.sin((2 * Math.PI * atMs) / DAY_MS)
    const requests = arrivals(100 * load)
    const seconds = requests * 0.012 * latency * (1 + 0.3 * (load - 1)) * Math.exp(0.15 * gauss())
    const failed = arrivals(0.02) + Math.round(requests * errors)
    const values: Record<string, number> = {
      up,
      requests_total: count(`${target} requests`, requests),
      requests_failed_total: count(`${target} failed`, failed),
      request_seconds_sum: count(`${target} seconds`, seconds),
      cpu_seconds_total: count(`${target} cpu`, requests * 0.003 * Math.exp(0.1 * gauss())),
      heap_bytes: heapOf(target, requests),
      pool_taken: Math.min(20, arrivals(seconds * 2)),
      pool_size: 20,
      connections: 40 + Math.round(10 * load + 2 * gauss()),
    }
    return Object.entries(values).map(([metric, value]) => ({ metric, labels: {}, target, at: atMs, value }))
  }
  return (atMs, broken) => ({
    source: 'shop',
    intervalMs: INTERVAL_MS,
    samples: targets.flatMap((target) => of(target, atMs, broken?.target === target ? broken : {})),
  })
}
