import type { Json } from '../../lib/json.ts'
import { evidenceOf, scoreOf } from './measure.ts'
import { STREAM_DETECTORS } from './registry.ts'
import type { Stream, StreamDetector } from './stream.ts'

type State = { readonly [name: string]: Json }
type Member = { readonly name: string; readonly weight: number; readonly stream: Stream; score: number }

/**
 * What each says weighs by its measured precision: the share of its alarms, alone and by the shipped alarm decision,
 * that met a labelled event on the visible halves of NAB and mscloud (docs/evaluation.md). No weight: shown, not counted.
 */
export const WEIGHTS: Readonly<Record<string, number>> = {
  'z-score': 0,
  ewma: 0,
  median: 1,
  season: 1,
  'change-point': 1,
  'novelty-1': 1,
  'novelty-3': 1,
  'novelty-8': 1,
}

const DAY_MS = 86_400_000
/** Evidence counts twice what it is a mean of. */
const HALF = 0.5

/**
 * All detectors that are a default for the kind, as one: the weighted mean of their evidence. A sample a minute has 60
 * times the chances of a rare one that a sample an hour has; half their logarithm is taken off, since half of evidence
 * is rarity. So equal scores mean equally many false alarms a day, whatever the interval.
 */
export const ensemble: StreamDetector<State> = {
  name: 'ensemble',
  warmUp: 40,
  for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
  begin: (about, saved) => {
    const members: Member[] = [...STREAM_DETECTORS.values()]
      .filter(({ name, for: kinds }) => (WEIGHTS[name] ?? 0) > 0 && kinds.includes(about.kind))
      .map((detector) => ({
        name: detector.name,
        weight: WEIGHTS[detector.name] ?? 0,
        stream: detector.begin(about, saved?.[detector.name]),
        score: Number.NaN,
      }))
    const perDay = HALF * Math.log10(DAY_MS / about.intervalMs)
    return {
      next: (atMs, value) => {
        for (const member of members) member.score = member.stream.next(atMs, value)
        return scoreOf(evidenceIn(members) - perDay + 1)
      },
      explain: () => {
        const loudest = members.filter(({ score }) => score > 0).toSorted((a, b) => b.score - a.score)
        return loudest.length === 0
          ? 'as ever'
          : loudest.map(({ name, stream }) => `${name}: ${stream.explain()}`).join('; ')
      },
      save: () => Object.fromEntries(members.map(({ name, stream }) => [name, stream.save()])),
    }
  },
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
