import type { FakeClock } from '../fakes/fake-clock.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { STALE_INTERVALS, type Observation, type Sample } from '../../src/domain/signal.ts'
import { GATEWAY, INSTANCES } from './shop.ts'
import type { World } from './world.ts'

const INTERVAL_MS = 1000
const NONE = {}

export type Seen = { readonly at: number; readonly value: number }

/**
 * What Kintsugi's sources see of the world, round by round, and what goes unseen. Remembers for itself what was handed
 * in and when, so that laws about blindness need not ask the code that they judge.
 */
export type Sight = {
  /**
   * One round of every source that is not silent. Samples carry wall time, as the process would stamp them. What the life
   * that owns the record sees is remembered.
   */
  look(by?: 'owner' | 'another'): readonly Observation[]
  /** A source, or what one source knows of one target, goes silent. */
  silence(what: string, forMs: number): void
  isSilent(what: string): boolean
  /** Nothing is silent any more. */
  hear(): void
  /** A new life begins with empty windows. */
  forget(): void
  /** Newest value handed to this life, by true time; undefined when it is older than three intervals: blind. */
  fresh(metric: string, target: ResourceRef): Seen | undefined
  /** Values handed to this life since a true time, oldest first. */
  since(metric: string, target: ResourceRef, at: number): readonly Seen[]
}

const SOURCES = [
  { source: 'probe', metric: 'up', targets: INSTANCES },
  { source: 'process', metric: 'running', targets: INSTANCES },
  { source: 'users', metric: 'failed_share', targets: [GATEWAY] },
  { source: 'budget', metric: 'budget_spent', targets: [GATEWAY] },
] as const

export function makeSight(clock: FakeClock, world: World): Sight {
  const silentUntil = new Map<string, number>()
  const handed = new Map<string, Seen[]>()
  const isSilent = (what: string): boolean => (silentUntil.get(what) ?? 0) > clock.trueMs()
  const valueOf = (metric: string, target: ResourceRef): number => {
    if (metric === 'budget_spent') return world.budgetSpent
    if (metric === 'up') return Number(world.isUp(target))
    return metric === 'running' ? Number(world.isRunning(target)) : world.failedShare()
  }
  const seen = (metric: string, target: ResourceRef): Seen[] => {
    const key = `${metric} ${target}`
    const known = handed.get(key) ?? []
    handed.set(key, known)
    return known
  }
  return {
    look: (by = 'owner') =>
      SOURCES.filter(({ source }) => !isSilent(source)).map(({ source, metric, targets }) => {
        const samples = targets
          .filter((target) => !isSilent(`${source} ${target}`))
          .map((target): Sample => ({
            metric,
            labels: NONE,
            target,
            at: clock.now(),
            value: valueOf(metric, target),
          }))
        if (by === 'owner')
          for (const { target, value } of samples) seen(metric, target).push({ at: clock.trueMs(), value })
        return { source, intervalMs: INTERVAL_MS, samples }
      }),
    silence: (what, forMs) => void silentUntil.set(what, Math.max(silentUntil.get(what) ?? 0, clock.trueMs() + forMs)),
    isSilent,
    hear: () => silentUntil.clear(),
    forget: () => handed.clear(),
    fresh: (metric, target) => {
      const last = seen(metric, target).at(-1)
      return last && clock.trueMs() - last.at <= STALE_INTERVALS * INTERVAL_MS ? last : undefined
    },
    since: (metric, target, at) => seen(metric, target).filter((one) => one.at > at),
  }
}
