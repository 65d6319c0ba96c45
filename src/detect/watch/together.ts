import { randomFrom } from '../../lib/random.ts'
import type { SeriesName } from '../../domain/series.ts'
import { beginIsolation } from '../many/isolation.ts'
import { beginJoint } from '../many/joint.ts'
import { beginRecurrent, trainRecurrent, type RecurrentModel, type TrainingProgress } from '../many/recurrent.ts'
import { evidenceOf, scoreOf } from '../streams/measure.ts'
import { shown } from '../streams/shown.ts'
import { calibrated } from './calibrated.ts'
import type { Budget } from './budget.ts'
import { createJudge, type Standing } from './judge.ts'

/** All metrics of one target, looked at together. */
export type Together = {
  readonly metrics: number
  /** Which model says how the metrics go together now, and its version. */
  readonly model: { readonly name: string; readonly status: string; readonly version: number }
  /** The values of all metrics at one time, NaN for one that is missing. */
  next(atMs: number, row: Float64Array, judges: number): void
  standing(): (Standing & { readonly shares: readonly number[] }) | undefined
  /** Learns anew, a slice at a time; undefined where nothing is due. */
  training(atMs: number): Generator<TrainingProgress, void> | undefined
}

/** A model is trained anew after so long, or sooner where what comes is no longer what it was trained on. */
const RETRAIN_MS = 86_400_000
const RETRY_MS = 3_600_000
/** Rows that a first training asks for. */
const ENOUGH_ROWS = 512
/** Where the paper's score begins to say something, and what makes a deviation of one of it. */
const FOREST_USUAL = 0.5
const FOREST_STEP = 0.05
/** A score of the joint models is d / (d + 20), d the squared distance, 1 in the mean. */
const UNUSUAL = 20
/** Two of one series in a row are chance less often than two of many together. */
const LEAST = 1
/** The forest is the weaker: see docs/evaluation-many.md. */
const WEIGHTS = { model: 2, forest: 1 } as const

export function createTogether(
  series: readonly SeriesName[],
  { budget, intervalMs, seed }: { readonly budget: Budget; readonly intervalMs: number; readonly seed: number },
): Together {
  const metrics = series.length
  const joint = beginJoint(metrics)
  const forest = beginIsolation(metrics)
  const [modelScale, forestScale] = [calibrated(intervalMs), calibrated(intervalMs)]
  const judge = createJudge(budget, intervalMs, { least: LEAST })
  let recurrent = beginRecurrent(joint)
  let model: RecurrentModel | undefined
  let [seen, triedAt] = [0, Number.NEGATIVE_INFINITY]
  let shares: readonly number[] = []

  const isDue = (atMs: number): boolean => {
    if (seen < ENOUGH_ROWS || atMs - triedAt < RETRY_MS || judge.standing()) return false
    return !model || recurrent.status === 'drifted' || atMs - model.trainedAtMs >= RETRAIN_MS
  }
  const train = function* (atMs: number): Generator<TrainingProgress, void> {
    const version = (model?.version ?? 0) + 1
    const past = rowsOf(forest.save().rows, metrics)
    model = yield* trainRecurrent(past, { version, atMs, random: randomFrom(seed + version) })
    recurrent = beginRecurrent(joint, model)
  }
  return {
    metrics,
    get model() {
      const { status, version } = recurrent
      return { name: status === 'ready' ? 'recurrent' : 'joint', status, version }
    },
    next: (atMs, row, judges) => {
      seen++
      const [told, apart] = [recurrent.next(atMs, row), forest.next(atMs, row)]
      const model = modelScale.next(Math.sqrt(distanceOf(told.score)))
      const alone = forestScale.next(Math.max(0, (apart.score - FOREST_USUAL) / FOREST_STEP))
      const score = weighed(model, alone)
      shares = [...told.shares]
      judge.next(atMs, score, judges, () => wordsOf(series, told.shares, [model, alone], recurrent.status))
    },
    standing: () => {
      const now = judge.standing()
      return now && { ...now, shares }
    },
    training: (atMs) => {
      if (!isDue(atMs)) return undefined
      triedAt = atMs
      return train(atMs)
    },
  }
}

function distanceOf(score: number): number {
  return (UNUSUAL * score) / (1 - score)
}

function weighed(model: number, forest: number): number {
  if (Number.isNaN(forest)) return model
  if (Number.isNaN(model)) return forest
  const sum = WEIGHTS.model * evidenceOf(model) + WEIGHTS.forest * evidenceOf(forest)
  return scoreOf(sum / (WEIGHTS.model + WEIGHTS.forest))
}

function rowsOf(flat: readonly number[], metrics: number): Float64Array[] {
  return Array.from({ length: flat.length / metrics }, (_, i) =>
    Float64Array.from(flat.slice(i * metrics, (i + 1) * metrics)),
  )
}

/** A share below this is not worth naming. */
const NAMED = 0.15

function wordsOf(
  series: readonly SeriesName[],
  shares: Float64Array,
  [model = Number.NaN, forest = Number.NaN]: readonly number[],
  status: string,
): string {
  const named = [...shares.keys()].filter((i) => (shares[i] ?? 0) >= NAMED)
  const parts = named
    .toSorted((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0))
    .map((i) => `${series[i]?.metric ?? ''} (${Math.round(100 * (shares[i] ?? 0))} %)`)
  const who = `${status === 'ready' ? 'recurrent' : 'joint'} model ${shown(model)}, isolation forest ${shown(forest)}`
  return `${parts.length > 0 ? parts.join(', ') : 'no metric by itself'}: not as they usually go together (${who})`
}
