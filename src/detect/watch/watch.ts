import type { ResourceRef } from '../../domain/resource.ts'
import type { SeriesKind, Unusual } from '../../domain/series.ts'
import { STALE_INTERVALS } from '../../domain/signal.ts'
import { growthOf, type Growth } from '../streams/counter.ts'
import { ensemble, type Ensemble } from '../streams/ensemble.ts'
import { createBudget, type FalseAlarms } from './budget.ts'
import { createJudge, type Judge } from './judge.ts'
import { kindOf } from './kind.ts'
import { createTarget, type Target } from './target.ts'
import { createTrainer, type Training } from './trainer.ts'
import type { Watched } from './watched.ts'

export type WatchStatus = {
  readonly series: number
  readonly targets: number
  /** Series beyond what it may look at. */
  readonly left: number
  /** What is learned just now. */
  readonly training?: Training
  readonly models: readonly { readonly target: ResourceRef; readonly name: string; readonly version: number }[]
}

/**
 * Looks at series one by one and, target by target, together; says what is unusual, within one budget of false alarms.
 * Series have numbers, given by whoever feeds it.
 */
export type Watch = {
  begin(series: number, about: Watched): void
  /** A value of a series, in the order of time; `at` is epoch milliseconds. */
  take(series: number, at: number, value: number): void
  end(series: number): void
  /** Learns for so many milliseconds, where something is to be learned; answers whether more is. */
  train(forMs: number, at: number): boolean
  unusual(now: number): readonly Unusual[]
  /** What each series turned out to be like, in words; undefined for one that is not looked at. */
  learned(series: number): string | undefined
  status(): WatchStatus
}

type Settings = FalseAlarms & { readonly maxSeries?: number }

type Seen = {
  readonly about: Watched
  readonly ensemble: Ensemble
  readonly judge: Judge
  /** Of a counter. */
  growth: Growth | undefined
  at: number
  samples: number
}

const MAX_SERIES = 1000
/** Samples before anybody is alarmed: what has just begun is new in every way. */
const WARM_UP = 120

export function createWatch({ perDay, maxSeries = MAX_SERIES }: Settings): Watch {
  const budget = createBudget({ perDay })
  const seen = new Map<number, Seen>()
  const targets = new Map<ResourceRef, Target>()
  const trainer = createTrainer(() => [...targets.values()].flatMap(({ together }) => together() ?? []))
  let left = 0
  const judges = (): number => seen.size + targets.size

  const targetOf = (ref: ResourceRef): Target => {
    const known = targets.get(ref)
    if (known) return known
    const made = createTarget(ref, budget, targets.size)
    targets.set(ref, made)
    return made
  }

  return {
    begin: (series, about) => {
      if (seen.has(series)) return
      if (seen.size >= maxSeries) return void left++
      const kind: SeriesKind = about.kind ?? kindOf(about.metric)
      seen.set(series, {
        about,
        // What a counter grew by is what both look at, one by one and together.
        ensemble: ensemble.begin({ kind: kind === 'counter' ? 'gauge' : kind, intervalMs: about.intervalMs }),
        judge: createJudge(budget, about.intervalMs),
        growth: kind === 'counter' ? growthOf() : undefined,
        at: Number.NEGATIVE_INFINITY,
        samples: 0,
      })
      if (about.target) targetOf(about.target).begin(series, about)
    },
    take: (series, at, raw) => {
      const one = seen.get(series)
      if (!one) return
      // A clock was set back: what counters did before is of another time.
      if (at < one.at - STALE_INTERVALS * one.about.intervalMs) one.growth &&= growthOf()
      else if (at <= one.at) return
      one.at = at
      const value = one.growth ? one.growth.next(at, raw) : raw
      if (!Number.isFinite(value)) return
      const score = one.ensemble.next(at, value)
      if (++one.samples > WARM_UP) one.judge.next(at, score, judges(), one.ensemble.explain)
      if (one.about.target) targets.get(one.about.target)?.take(series, at, value, judges())
    },
    end: (series) => {
      const target = seen.get(series)?.about.target
      seen.delete(series)
      if (target && targets.get(target)?.end(series) === 0) targets.delete(target)
    },
    train: (forMs, at) => trainer.step(forMs, at),
    unusual: (now) => [
      ...[...seen.values()].flatMap((one) => unusualOf(one, now)),
      ...[...targets.values()].flatMap((one) => one.unusual(now)),
    ],
    learned: (series) => seen.get(series)?.ensemble.learned(),
    status: () => {
      const training = trainer.now()
      return {
        series: seen.size,
        targets: targets.size,
        left,
        ...(training && { training }),
        models: [...targets].flatMap(([target, one]) => {
          const together = one.together()
          return together ? [{ target, name: together.model.name, version: together.model.version }] : []
        }),
      }
    },
  }
}

/** What has not been seen for a while is not unusual: nobody knows what it is. */
function unusualOf({ about, judge, at }: Seen, now: number): Unusual[] {
  const standing = judge.standing()
  if (!standing || now - at > STALE_INTERVALS * about.intervalMs) return []
  const { metric, labels, target } = about
  return [{ ...standing, ...(target && { target }), series: [{ metric, labels }], detector: 'ensemble' }]
}
