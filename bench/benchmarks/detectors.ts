import { createBanks } from '../../src/detect/banks/banks.ts'
import { forestScore, growForest } from '../../src/detect/many/forest.ts'
import type { SampleBatch } from '../../src/domain/batch.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { prometheusZScores, pythonRates, type PythonRates } from '../bank/peers.ts'
import { begun, noise, pushRounds, watchedBank, WINDOW_SAMPLES } from '../bank/series.ts'
import { beside, rounded, type Bench, type Figure, type Peer } from '../lib/benchmark.ts'
import { cpuSeconds } from '../lib/cpu.ts'
import { percentile } from '../lib/percentile.ts'

const SERIES = 100_000
const MANY_SERIES = 1_000_000
const BATCH = 512
/** Rounds of batches that are made beforehand, and walked in a circle: a divisor of the window. */
const CIRCLE = 8
/** A series that has been there for long: what it costs for ever after. */
const LONG_AGO = 2000
/** A window that a million series fill sooner; a sample costs the same. */
const FEW_SAMPLES = 40
const REPEATS = 5
const PEER_SERIES = 2000
const FOREST_ROWS = 10_000

export const detectors: Bench = {
  about: 'the three default detectors by scrape and in random order, with and without windows; isolation forest; peers',
  async run(say) {
    say('detectors: Python')
    const python = await pythonRates(WINDOW_SAMPLES)
    say('detectors: Prometheus')
    const prometheus = await prometheusZScores(PEER_SERIES, WINDOW_SAMPLES)
    const missing = [
      !python && 'Python',
      python && !python.forests && 'scikit-learn (python3-sklearn)',
      prometheus === undefined && 'Prometheus',
    ].filter((name) => name !== false)
    if (missing.length > 0) say(`detectors: not installed, so not beside: ${missing.join(', ')}`)
    const peer = (name: string, value: number | undefined): Peer | undefined =>
      value === undefined ? undefined : { peer: name, value: rounded(value) }
    say('detectors: 100,000 series in scrape order')
    const inOrder = alone(SERIES, 60, WINDOW_SAMPLES, (slots) => slots)
    say('detectors: with windows')
    const windows = withWindows(SERIES, 60)
    say('detectors: 1,000,000 series in random order')
    const random = alone(MANY_SERIES, 4, FEW_SAMPLES, shuffled)
    return [
      beside(figure('scrape order', inOrder, SERIES, ALONE), peer('Prometheus z-score', prometheus)),
      beside(
        figure('scrape order, windows too', windows, SERIES, WITH_WINDOWS),
        peer('Python z-score', python?.zScores),
      ),
      figure('random order', random, MANY_SERIES, ALONE),
      ...[4, 38].map((features) => forestFigure(features, python)),
    ]
  },
}

const ALONE =
  'values that went into windows before, by batches of 512, through z-score, EWMA and robust distance with their evidence; one thread, processor time, median of 5'
const WITH_WINDOWS = 'the same from `push` on: order, duplicates, windows, intervals; one thread, processor time'

function figure(name: string, perSecond: number, series: number, method: string): Figure {
  const settings = { series, windowSamples: WINDOW_SAMPLES, peerSeries: PEER_SERIES }
  return {
    name: `detectors ${name}`,
    value: rounded(perSecond),
    unit: 'samples/s',
    higherIsBetter: true,
    method,
    settings,
  }
}

/** Samples a second of the detectors alone. */
function alone(series: number, rounds: number, samples: number, order: (slots: Int32Array) => Int32Array): number {
  const ring = new Float32Array(samples)
  const values = noise()
  const ringOf = (slot: number): Float32Array => {
    for (let k = 0; k < samples; k++) ring[k] = distanceOf(values, slot, k % CIRCLE)
    return ring
  }
  const banks = createBanks({ window: { samples, ringOf }, onLoud: () => {} })
  const slots = order(Int32Array.from({ length: series }, (_, i) => i))
  const batches = Array.from({ length: CIRCLE }, (_, round) => batchesOf(slots, values, round)).flat()
  const round = (seen: number, olds?: Float64Array): void => {
    const many = batches.length / CIRCLE
    for (let i = 0; i < many; i++) {
      const batch = batches[(seen % CIRCLE) * many + i]
      batch?.seens.fill(seen)
      if (batch) banks.take(olds ? { ...batch, olds } : batch)
    }
  }
  const none = new Float64Array(BATCH).fill(Number.NaN)
  for (let i = 0; i < samples; i++) round(i, none)
  let seen = LONG_AGO
  const timed = (): number =>
    cpuSeconds(() => {
      for (const end = seen + rounds; seen < end; seen++) round(seen)
    })
  timed()
  return (series * rounds) / percentile(Array.from({ length: REPEATS }, timed), 50)
}

const distanceOf = (values: Float64Array, slot: number, round: number): number =>
  (values[(slot * 7 + round * 7919) % values.length] ?? 0) - 100

/** A full window all the time: what goes out is what came a circle before. */
function batchesOf(slots: Int32Array, values: Float64Array, round: number): SampleBatch[] {
  return Array.from({ length: Math.ceil(slots.length / BATCH) }, (_, i) => {
    const some = slots.slice(i * BATCH, (i + 1) * BATCH)
    const { length } = some
    const distances = Float64Array.from(some, (slot) => distanceOf(values, slot, round))
    return {
      length,
      slots: some,
      ats: new Float64Array(length),
      distances,
      olds: distances,
      seens: new Float64Array(length),
    }
  })
}

function withWindows(series: number, rounds: number): number {
  const { sink, bank } = watchedBank({ maxSeries: series })
  const slots = begun(sink, series)
  const values = noise()
  pushRounds(sink, slots, 1, WINDOW_SAMPLES + 1, values)
  const seconds = cpuSeconds(() => {
    pushRounds(sink, slots, WINDOW_SAMPLES + 1, WINDOW_SAMPLES + 1 + rounds, values)
    bank.flush()
  })
  return (series * rounds) / seconds
}

function shuffled(slots: Int32Array): Int32Array {
  const random = randomFrom(5)
  for (let i = slots.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const kept = slots[i] ?? 0
    slots[i] = slots[j] ?? 0
    slots[j] = kept
  }
  return slots
}

function forestFigure(features: number, python: PythonRates | undefined): Figure {
  const random = randomFrom(features)
  const rows = Float64Array.from({ length: FOREST_ROWS * features }, () => random())
  const forest = growForest(rows, features, random)
  const singles = Array.from({ length: FOREST_ROWS }, (_, i) => rows.subarray(i * features, (i + 1) * features))
  let sum = 0
  const score = (): void => {
    for (const row of singles) sum += forestScore(forest, row)
  }
  score()
  const seconds = cpuSeconds(() => {
    for (let i = 0; i < 10; i++) score()
  })
  if (!(sum > 0)) throw new Error('the forest judged nothing')
  const peer = python?.forests?.[String(features)]
  return beside(
    {
      name: `detectors isolation forest, ${features} features`,
      value: rounded((10 * FOREST_ROWS) / seconds),
      unit: 'rows/s',
      higherIsBetter: true,
      method: 'rows one at a time through 100 trees grown from 256 rows each; one thread, processor time',
      settings: { features, trees: 100, sample: 256, ...(peer && { sklearnBatches: rounded(peer.batch) }) },
    },
    peer && { peer: 'scikit-learn, one at a time', value: rounded(peer.single) },
  )
}
