import type { Json } from '../../lib/json.ts'
import { quantile } from '../../lib/stats.ts'
import { toShares } from '../../lib/vectors.ts'
import { beginAutoencoder, tellingOf, type Autoencoder, type Telling } from './autoencoder.ts'
import { addRow, beginMoments } from './moments.ts'
import type { MultiDetector } from './multi.ts'

/** What a training run made; a model is never changed afterwards. */
export type RecurrentModel = {
  readonly version: number
  readonly trainedAtMs: number
  /** Rows of a normal past that it learned from. */
  readonly rows: number
  readonly means: Float64Array
  readonly scales: Float64Array
  readonly net: Autoencoder
  /** How badly it tells each metric again, squared, in the mean over rows it was not trained on. */
  readonly usual: Float64Array
  /** Of such rows one in a hundred is told worse than this many times as badly as usual. */
  readonly seldom: number
}

/** How far training has come; `error` is the mean squared one of the round so far, in standard deviations. */
export type TrainingProgress = { readonly round: number; readonly rounds: number; readonly error: number }

const STEPS = 16
const HIDDEN = 16
const ROUNDS = 4
const BATCH = 32
const RATE = 0.003
/** Windows of a round; more rows than that are drawn from. */
const WINDOWS_A_ROUND = 4096
/** The last of the past is not trained on: it says how well the rest was learned. */
const HELD_OUT = 0.2
/** Standard deviations beyond which a value only counts as this far. */
const FAR = 8

/** Trains a model on a normal past, a batch at a time: whoever runs it may let others have their turn in between. */
export function* trainRecurrent(
  past: readonly Float64Array[],
  about: { readonly version: number; readonly atMs: number; readonly random: () => number },
): Generator<TrainingProgress, RecurrentModel> {
  const metrics = past[0]?.length ?? 0
  if (past.length < 10 * STEPS) throw new RangeError(`cannot train on ${past.length} rows: ${10 * STEPS} are needed`)
  const { means, scales } = standardOf(past, metrics)
  const rows = flat(past, means, scales)
  const trained = Math.floor(past.length * (1 - HELD_OUT))
  const net = beginAutoencoder({ metrics, steps: STEPS, hidden: HIDDEN }, about.random)
  const telling = tellingOf(net)
  for (let round = 1; round <= ROUNDS; round++) {
    for (const error of oneRound(telling, rows, metrics, trained, about.random)) yield { round, rounds: ROUNDS, error }
  }
  const { version, atMs } = about
  const known = { version, trainedAtMs: atMs, rows: past.length, means, scales, net }
  return { ...known, ...heldOut(telling, rows, metrics, trained) }
}

function standardOf(past: readonly Float64Array[], metrics: number): Pick<RecurrentModel, 'means' | 'scales'> {
  const moments = beginMoments(metrics)
  for (const row of past) addRow(moments, row, Infinity)
  const { count, means, products } = moments
  return { means, scales: means.map((_, i) => Math.sqrt(count / (products[i * metrics + i] ?? 0)) || 0).map(finite) }
}

const finite = (value: number): number => (Number.isFinite(value) ? value : 0)

function flat(past: readonly Float64Array[], means: Float64Array, scales: Float64Array): Float64Array {
  const rows = new Float64Array(past.length * means.length)
  past.forEach((row, i) => rows.set(standardised(row, means, scales), i * means.length))
  return rows
}

/** What is missing is as in the mean. */
function standardised(row: Float64Array, means: Float64Array, scales: Float64Array): Float64Array {
  return row.map((value, i) => Math.max(-FAR, Math.min(FAR, finite((value - (means[i] ?? 0)) * (scales[i] ?? 0)))))
}

/** Gives the mean error so far after each batch. */
function* oneRound(
  telling: Telling,
  rows: Float64Array,
  metrics: number,
  trained: number,
  random: () => number,
): Generator<number, void> {
  const windows = Math.min(WINDOWS_A_ROUND, trained - STEPS)
  let sum = 0
  for (let window = 1; window <= windows; window++) {
    const from = Math.floor(random() * (trained - STEPS)) * metrics
    sum += telling.gather(rows.subarray(from, from + STEPS * metrics))
    if (window % BATCH !== 0) continue
    telling.improve(RATE, BATCH)
    yield sum / window
  }
}

function heldOut(
  telling: Telling,
  rows: Float64Array,
  metrics: number,
  from: number,
): Pick<RecurrentModel, 'usual' | 'seldom'> {
  const errors: Float64Array[] = []
  for (let at = from * metrics; at + STEPS * metrics <= rows.length; at += metrics) {
    errors.push(errorsOf(telling, rows.subarray(at, at + STEPS * metrics), metrics))
  }
  const usual = Float64Array.from({ length: metrics }, (_, i) => {
    return errors.reduce((sum, error) => sum + (error[i] ?? 0), 0) / errors.length
  })
  const distances = errors.map((error) => meanOf(relative(error, usual))).sort((a, b) => a - b)
  return { usual, seldom: quantile(distances, 0.99) }
}

/** How badly the last row of a window is told again, squared, metric by metric. */
function errorsOf(telling: Telling, window: Float64Array, metrics: number): Float64Array {
  const told = telling.tell(window)
  const last = window.length - metrics
  return Float64Array.from({ length: metrics }, (_, i) => ((told[last + i] ?? 0) - (window[last + i] ?? 0)) ** 2)
}

/** A metric that was always told without fault says nothing. */
const relative = (errors: Float64Array, usual: Float64Array): Float64Array =>
  errors.map((error, i) => ((usual[i] ?? 0) > 1e-9 ? error / (usual[i] ?? 1) : 0))

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** `untrained` and `drifted`: the score is that of the fall-back, and a training is due. */
export type RecurrentStatus = 'untrained' | 'ready' | 'drifted'

export type Recurrent = MultiDetector & { readonly status: RecurrentStatus; readonly version: number }

/** So many times as badly as usual scores 0.5. */
const UNUSUAL = 20
/** Rows over which drift is looked for, and the share of rows told badly that is drift: one in a hundred was expected. */
const DRIFT_ROWS = 1000
const DRIFT_SHARE = 0.25

/**
 * Scores rows by how badly a trained model tells them again; until there is one, and when what comes is no longer what it
 * was trained on, by a fall-back that needs no training.
 */
export function beginRecurrent(fallBack: MultiDetector, model?: RecurrentModel): Recurrent {
  const telling = model && tellingOf(model.net)
  const metrics = model?.means.length ?? 0
  const window = new Float64Array(STEPS * metrics)
  let [seen, badly] = [0, 0]
  const status = (): RecurrentStatus => (!model ? 'untrained' : badly > DRIFT_SHARE ? 'drifted' : 'ready')
  return {
    name: 'recurrent',
    learned: true,
    version: model?.version ?? 0,
    get status() {
      return status()
    },
    next(atMs, row, known) {
      const fallen = fallBack.next(atMs, row, known)
      if (!model || !telling) return fallen
      window.copyWithin(0, metrics)
      window.set(standardised(row, model.means, model.scales), (STEPS - 1) * metrics)
      if (++seen < STEPS) return fallen
      const errors = relative(errorsOf(telling, window, metrics), model.usual)
      const distance = meanOf(errors)
      badly += ((distance > model.seldom ? 1 : 0) - badly) / DRIFT_ROWS
      if (status() === 'drifted') return fallen
      return { score: distance / (distance + UNUSUAL), shares: toShares(errors) }
    },
    // The model is kept apart, by its version: what comes in between is known again within one window.
    save: (): Json => fallBack.save(),
  }
}
