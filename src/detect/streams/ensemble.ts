import type { Json } from '../../lib/json.ts'
import { growthOf, type GrowthState } from './counter.ts'
import { learned, type LearnedState } from './learned.ts'
import { evidenceOf, scoreOf } from './measure.ts'
import { STREAM_DETECTORS } from './registry.ts'
import type { About, Stream, StreamDetector } from './stream.ts'

type State = {
  readonly members: { readonly [name: string]: Json }
  readonly learned: LearnedState
  readonly growth: GrowthState | null
}
type Member = { readonly name: string; readonly weight: number; readonly stream: Stream; score: number }

export type Ensemble = Stream<State> & {
  /** What the series turned out to be like, and who looks at it, in words. */
  learned(): string
}

/**
 * What each says weighs by its measured precision: the share of its alarms, with it alone in place of the ensemble, that
 * met a labelled event on the visible halves of NAB and mscloud together (docs/evaluation.md). EWMA is not asked: what
 * it sees the z-score sees, and with it both sets came out worse.
 */
export const WEIGHTS: Readonly<Record<string, number>> = {
  'z-score': 0.4,
  median: 0.3,
  season: 0.3,
  'change-point': 0.3,
  rate: 0.3,
  'flat-line': 0.15,
  missing: 0.1,
  'novelty-1': 0.35,
  'novelty-3': 0.4,
  'novelty-8': 0.35,
}

const DAY_MS = 86_400_000
/** Evidence counts twice what it is a mean of. */
const HALF = 0.5

/**
 * All detectors that are a default for the kind, as one: the weighted mean of their evidence. A sample a minute has 60
 * times the chances of a rare one that a sample an hour has; half their logarithm is taken off, since half of evidence
 * is rarity. So equal scores mean equally many false alarms a day, whatever the interval.
 */
export const ensemble: Omit<StreamDetector<State>, 'begin'> & { begin(about: About, saved?: State): Ensemble } = {
  name: 'ensemble',
  warmUp: 41,
  for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
  begin,
}

function begin(about: About, saved?: State): Ensemble {
  const members = membersFor(about, saved)
  const growth = about.kind === 'counter' ? growthOf(saved?.growth) : undefined
  const character = learned(saved?.learned)
  const perDay = HALF * Math.log10(DAY_MS / about.intervalMs)
  return {
    next: (atMs, raw) => {
      const value = growth ? growth.next(atMs, raw) : raw
      character.take(value)
      for (const member of members) member.score = member.stream.next(atMs, value)
      return scoreOf(evidenceIn(members) - perDay + 1)
    },
    explain: () => {
      const loud = members.filter(({ score }) => score > 0).toSorted((a, b) => b.score - a.score)
      return loud.length === 0 ? 'as ever' : loud.map(({ name, stream }) => `${name}: ${stream.explain()}`).join('; ')
    },
    learned: () => `${about.kind}: ${character.words()}; ${members.map(({ name }) => name).join(', ')} look at it`,
    save: () => ({
      members: Object.fromEntries(members.map(({ name, stream }) => [name, stream.save()])),
      learned: character.save(),
      growth: growth?.save() ?? null,
    }),
  }
}

function membersFor(about: About, saved?: State): Member[] {
  return [...STREAM_DETECTORS.values()]
    .filter(({ name, for: kinds }) => (WEIGHTS[name] ?? 0) > 0 && kinds.includes(about.kind))
    .map((detector) => ({
      name: detector.name,
      weight: WEIGHTS[detector.name] ?? 0,
      stream: detector.begin(about, saved?.members[detector.name]),
      score: Number.NaN,
    }))
}

/** The weighted mean of those that have an opinion; NaN where none has. */
function evidenceIn(members: readonly Member[]): number {
  let [sum, weights] = [0, 0]
  for (const { score, weight } of members) {
    if (Number.isNaN(score)) continue
    sum += weight * evidenceOf(score)
    weights += weight
  }
  return sum / weights
}
